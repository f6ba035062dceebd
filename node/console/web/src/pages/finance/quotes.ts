/** Opens the sealed quotes of a request with the reply key that this browser keeps, and works out what each comes to. */
import { useQuery } from "@tanstack/react-query";
import { currentLanguage } from "../../app/i18n";
import { useAccess, useSession } from "../../app/session";
import { fromBase64 } from "../../lib/base64";
import type { Part } from "../../lib/cost";
import { parseEncryptionKey } from "../../lib/envelope";
import { type Fen, parseFen } from "../../lib/money";
import { type Opened, openQuote } from "../../lib/quote";
import type { Cost, FinancingView, Quote } from "../../lib/records";
import { costIn } from "../../parts/deal";

/** A quote as far as it could be opened. */
export interface Seen {
  quote: Quote;
  opened: Opened | null;
  cost: Cost | null;
  /** Why it could not be opened; a quote that was altered must not be chosen. */
  error: unknown;
  /** Why its terms come to nothing. */
  fault: string;
}

interface OpenedOne {
  quote: Quote;
  opened: Opened | null;
  error: unknown;
}

/** What useQuotes gives. */
export interface Quotes {
  seen: Seen[];
  /** This browser has the key; null until it is known. */
  hasKey: boolean | null;
}

/** useQuotes opens all quotes of an own request. */
export function useQuotes(f: FinancingView, parts: readonly Part[] | null): Quotes {
  const { vault } = useAccess();
  const { identity } = useSession();
  const seals = f.quotes.map((q) => q.seal).join(" ");
  const { data } = useQuery({
    queryKey: ["opened", identity.kid, f.id, seals],
    enabled: vault !== null && f.replyKey !== "",
    staleTime: Infinity,
    queryFn: async (): Promise<{ hasKey: boolean; list: OpenedOne[] }> => {
      const half = await parseEncryptionKey(fromBase64(f.replyKey));
      const key = (await vault?.encryptionKey(half.id)) ?? null;
      if (!key) return { hasKey: false, list: [] };
      const list = await Promise.all(f.quotes.map(async (quote): Promise<OpenedOne> => {
        try {
          return { quote, opened: await openQuote(identity.network, quote, key), error: null };
        } catch (error) {
          return { quote, opened: null, error };
        }
      }));
      return { hasKey: true, list };
    },
  });
  const seen = f.quotes.map((quote): Seen => {
    const one = data?.list.find((o) => o.quote.bank === quote.bank && o.quote.seal === quote.seal);
    const none = { quote, opened: one?.opened ?? null, cost: null, error: one?.error ?? null, fault: "" };
    if (!one?.opened || !parts) return none;
    return { ...none, ...costIn(one.opened.terms, parts, currentLanguage()) };
  });
  return { seen: ranked(seen), hasKey: data ? data.hasKey : null };
}

/** ranked puts what can be chosen first, the one that pays most before the others. */
export function ranked(seen: readonly Seen[]): Seen[] {
  return [...seen].sort((a, b) => {
    const [x, y] = [takes(a), takes(b)];
    if (x !== y) return x ? -1 : 1;
    const [m, n] = [received(a), received(b)];
    return m === n ? 0 : m > n ? -1 : 1;
  });
}

function takes(s: Seen): boolean {
  return s.quote.state === "sealed" && s.cost !== null;
}

/** received is what is left to the supplier of what it is paid, after the guarantor's fee. */
export function received(s: Seen): Fen {
  return s.cost ? parseFen(s.cost.net) - parseFen(s.cost.guaranteeFee) : 0n;
}
