import { useQueries } from "@tanstack/react-query";
import { useSession } from "../app/session";
import type { CertificateView, Page, RuleDecision } from "../lib/records";

/** Answers to the same question about several certificates. */
export interface Several<T> {
  /** By number; a certificate that may not be seen is missing. */
  found: Map<string, T>;
  isLoading: boolean;
  error: unknown;
}

/** useCertificates reads several certificates with their holdings. */
export function useCertificates(numbers: readonly string[]): Several<CertificateView> {
  return useSeveral<CertificateView>(numbers, "");
}

/** useRulings reads what the rules said on several certificates, each its first page. */
export function useRulings(numbers: readonly string[]): Several<Page<RuleDecision>> {
  return useSeveral<Page<RuleDecision>>(numbers, "/rules");
}

function useSeveral<T>(numbers: readonly string[], below: string): Several<T> {
  const { api } = useSession();
  const wanted = [...new Set(numbers)];
  return useQueries({
    queries: wanted.map((number) => ({
      queryKey: ["read", api.identity?.kid ?? "", api.language, `/v1/certificates/${number}${below}`, {}],
      queryFn: ({ signal }: { signal: AbortSignal }) => api.get<T>(`/v1/certificates/${number}${below}`, { signal }),
      staleTime: 5_000,
    })),
    combine: (answers) => {
      const found = new Map<string, T>();
      answers.forEach((a, i) => {
        const number = wanted[i];
        if (a.data !== undefined && number) found.set(number, a.data);
      });
      return { found, isLoading: answers.some((a) => a.isLoading), error: answers.find((a) => a.error)?.error };
    },
  });
}
