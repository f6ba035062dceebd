// Reading the node's API. Every answer is kept under the person and the language
// it was given to, and asked for again when something happened on the ledger.
import {
  type UseQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  useQueries,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { Params } from "../lib/api";
import type { FunctionInfo, NodeStatus, Page } from "../lib/records";
import { useAccess } from "./session";

/** What useRead gives. */
export interface Read<T> {
  data: T | undefined;
  error: unknown;
  /** True until the first answer. */
  isLoading: boolean;
  /** True while it is asked again. */
  isFetching: boolean;
  retry: () => void;
}

interface ReadOptions {
  /** Not asked while false. */
  enabled?: boolean;
  /** The operation needs no login. */
  open?: boolean;
  /** Milliseconds for which an answer is not asked for again by itself; 5,000 when left out. */
  fresh?: number;
}

const freshFor = 5_000;

/** useRead reads one answer. A path of null asks nothing. */
export function useRead<T>(path: string | null, params: Params = {}, options: ReadOptions = {}): Read<T> {
  const { session, open } = useAccess();
  const api = options.open || !session ? open : session.api;
  const query: UseQueryOptions<T> = {
    queryKey: ["read", api.identity?.kid ?? "", api.language, path, params],
    queryFn: ({ signal }) => api.get<T>(path ?? "", { params, signal, ...(options.open ? { open: true } : {}) }),
    enabled: path !== null && (options.enabled ?? true),
    staleTime: options.fresh ?? freshFor,
  };
  const answer = useQuery(query);
  return {
    data: answer.data,
    error: answer.error,
    isLoading: answer.isLoading,
    isFetching: answer.isFetching,
    retry: () => void answer.refetch(),
  };
}

/** What usePages gives: a list that grows. */
export interface Pages<T> {
  items: T[];
  hasMore: boolean;
  more: () => void;
  isLoading: boolean;
  isFetchingMore: boolean;
  error: unknown;
  retry: () => void;
}

/** usePages reads a list page by page. A path of null asks nothing. */
export function usePages<T>(path: string | null, params: Params = {}, limit = 50): Pages<T> {
  const { session, open } = useAccess();
  const api = session?.api ?? open;
  const list = useInfiniteQuery({
    queryKey: ["pages", api.identity?.kid ?? "", api.language, path, params, limit],
    queryFn: ({ pageParam, signal }) => api.page<T>(path ?? "", params, pageParam, limit, signal),
    initialPageParam: "",
    getNextPageParam: (last: Page<T>) => last.next || undefined,
    enabled: path !== null,
    staleTime: freshFor,
    placeholderData: keepPreviousData,
  });
  const items = useMemo(() => list.data?.pages.flatMap((p) => p.items) ?? [], [list.data]);
  return {
    items,
    hasMore: list.hasNextPage,
    more: () => void list.fetchNextPage(),
    isLoading: list.isLoading,
    isFetchingMore: list.isFetchingNextPage,
    error: list.error,
    retry: () => void list.refetch(),
  };
}

/** useNames reads the names of members. The function gives the code itself for a name that is not known. */
export function useNames(ids: (string | null | undefined)[]): (id: string) => string {
  const { session } = useAccess();
  const api = session?.api;
  const wanted = [...new Set(ids.filter((id): id is string => !!id))];
  const known = useQueries({
    queries: wanted.map((id) => ({
      queryKey: ["name", id],
      queryFn: async () => (await api?.get<{ name: string }>(`/v1/members/${id}`))?.name ?? id,
      staleTime: Infinity,
      gcTime: Infinity,
      enabled: !!api,
    })),
    combine: (answers) => answers.map((a) => a.data ?? ""),
  });
  const names = new Map(wanted.map((id, i) => [id, known[i] ?? ""]));
  return (id) => names.get(id) || id;
}

/** useStatus reads what anybody may know of the node. */
export function useStatus(every?: number): Read<NodeStatus> {
  const { session, open } = useAccess();
  const api = session?.api ?? open;
  const answer = useQuery({
    queryKey: ["status"],
    queryFn: ({ signal }) => api.status(signal),
    refetchInterval: every ?? false,
    staleTime: freshFor,
  });
  return {
    data: answer.data,
    error: answer.error,
    isLoading: answer.isLoading,
    isFetching: answer.isFetching,
    retry: () => void answer.refetch(),
  };
}

/** useToday is the ledger's day, yyyy-mm-dd; empty until the node has answered. */
export function useToday(): string {
  return useStatus().data?.ledgerTime?.slice(0, 10) ?? "";
}

/** useFunctions reads which contract functions there are, and whose approval each of them needs. */
export function useFunctions(): Map<string, FunctionInfo> | null {
  const { data } = useRead<{ functions: FunctionInfo[] }>("/v1/functions", {}, { open: true, fresh: Infinity });
  return useMemo(() => (data ? new Map(data.functions.map((f) => [f.name, f])) : null), [data]);
}

/** useRefresh gives a function that has everything on the page asked for again. */
export function useRefresh(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["read"] }),
      queries.invalidateQueries({ queryKey: ["pages"] }),
    ]);
  }, [queries]);
}
