/** A holding of the viewer, as its certificate has it now. */
import { useParams } from "react-router-dom";
import { type Read, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { type Span, amountOf, parseInterval } from "../../lib/interval";
import type { Fen } from "../../lib/money";
import type { CertificateView, Holding } from "../../lib/records";
import { unlockedAmount } from "../../lib/build";

/** What a page of a holding knows. */
export interface Known {
  number: string;
  certificate: CertificateView | undefined;
  holding: Holding | undefined;
  read: Read<CertificateView>;
  mine: boolean;
}

/** useHolding reads the holding that the address names. */
export function useHolding(): Known {
  const { number = "", id = "" } = useParams();
  const session = useSession();
  const read = useRead<CertificateView>(`/v1/certificates/${encodeURIComponent(number)}`);
  const holding = read.data?.holdings.find((h) => String(h.id) === id);
  return { number, certificate: read.data, holding, read, mine: holding?.owner === session.member.id };
}

/** How many fen of a holding one leg can take from its low end: those before the first lock, or after it when it begins with one. */
export function firstFree(holding: Holding): Fen {
  const all = parseInterval(holding.interval);
  const locks = holding.locks.map((l) => parseInterval(l.interval)).sort((a, b) => (a.from < b.from ? -1 : 1));
  let from = all.from;
  for (const lock of locks) {
    if (lock.from > from) return lock.from - from;
    if (lock.to >= from) from = lock.to + 1n;
  }
  return all.to - from + 1n;
}

/** Why a holding cannot be changed now; empty when it can. The text is a key below holdings:why. */
export function whyNot(c: CertificateView, h: Holding, today: string): "" | "redeemed" | "state" | "matured" | "locked" {
  if (h.redeemed) return "redeemed";
  if (c.state !== "active") return "state";
  if (today >= c.payment) return "matured";
  return unlockedAmount(h) === 0n ? "locked" : "";
}

/** Neighbours are the member's own holdings that can be joined with this one: side by side, free, and of the same claim. In order of fen, with itself. */
export function neighbours(c: CertificateView, of: Holding): Holding[] {
  const fits = (h: Holding): boolean =>
    h.owner === of.owner && !h.redeemed && h.locks.length === 0 && JSON.stringify(sorted(h.claim)) === JSON.stringify(sorted(of.claim));
  const row = c.holdings.filter(fits).sort((a, b) => (span(a).from < span(b).from ? -1 : 1));
  const at = row.findIndex((h) => h.id === of.id);
  if (at < 0) return [];
  let [low, high] = [at, at];
  while (low > 0 && joins(row[low - 1], row[low])) low--;
  while (high < row.length - 1 && joins(row[high], row[high + 1])) high++;
  return row.slice(low, high + 1);
}

const sorted = (claim: object): [string, unknown][] => Object.entries(claim).sort(([a], [b]) => a.localeCompare(b));
const span = (h: Holding): Span => parseInterval(h.interval);
const joins = (a: Holding | undefined, b: Holding | undefined): boolean => !!a && !!b && span(a).to + 1n === span(b).from;

/** isRun reports whether holdings lie side by side without a gap. */
export function isRun(holdings: readonly Holding[]): boolean {
  return holdings.every((h, i) => i === 0 || joins(holdings[i - 1], h));
}

/** How many fen a holding is. */
export const sizeOf = (h: Holding): Fen => amountOf(h.interval);
