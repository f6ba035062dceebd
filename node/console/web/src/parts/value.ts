/** What fen are worth today: what banks that post a rate, and the debtor that pays early, would pay for them at once. */
import { addDays, addMonths, daysBetween } from "../lib/calendar";
import { type Part, costOf, discountedOf, termsTaken } from "../lib/cost";
import { type Fen, fenText, parseFen, sumFen } from "../lib/money";
import type { Certificate, DiscountOffer, FinancingKind, HoldingRow, MonthFlow, PostedRate } from "../lib/records";

/** Fen of one debtor with one payment date. */
export interface WorthPart extends Part {
  debtor: string;
  /** Deepest tier of the fen. */
  tier: number;
}

/** What somebody would pay today. */
export interface WorthOffer {
  by: string;
  /** Of the posted rate or of the debtor's offer. */
  id: string;
  kind: FinancingKind | "discount";
  net: Fen;
  /** The whole cost, percent a year. */
  rate: string;
}

/** worthOf lists what would be paid for the parts today, the most first. An offer that does not take all of them is left out. */
export function worthOf(parts: readonly WorthPart[], rates: readonly PostedRate[], discounts: readonly DiscountOffer[], today: string): WorthOffer[] {
  if (parts.length === 0 || today === "" || parts.some((p) => p.payment <= today)) return [];
  const offers = [...rates.map((r) => byRate(parts, r, today)), ...discounts.map((d) => byDiscount(parts, d, today))];
  return offers.filter((o) => o !== null).sort((a, b) => (a.net === b.net ? 0 : a.net > b.net ? -1 : 1));
}

function byRate(parts: readonly WorthPart[], rate: PostedRate, today: string): WorthOffer | null {
  const amount = sumFen(parts.map((p) => p.amount));
  const left = parseFen(rate.volume) === 0n ? amount : parseFen(rate.volume) - parseFen(rate.taken);
  const open = !rate.closed && rate.from <= today && today <= rate.until;
  const size = amount >= parseFen(rate.min) && amount <= parseFen(rate.max) && amount <= left;
  const takes = (p: WorthPart): boolean => {
    const days = daysBetween(today, p.payment);
    return (rate.debtor === "" || rate.debtor === p.debtor) && (rate.tier === 0 || p.tier <= rate.tier) && days >= rate.minDays && days <= rate.maxDays;
  };
  if (!open || !size || !parts.every(takes)) return null;
  try {
    const cost = costOf(termsTaken(rate.terms, today, rate.valueDays), parts);
    return { by: rate.bank, id: rate.id, kind: rate.terms.kind, net: parseFen(cost.net) - parseFen(cost.guaranteeFee), rate: cost.allIn };
  } catch {
    return null; // nothing would be left of so little, or the value date is too late
  }
}

function byDiscount(parts: readonly WorthPart[], offer: DiscountOffer, today: string): WorthOffer | null {
  const amount = sumFen(parts.map((p) => p.amount));
  const left = parseFen(offer.volume) === 0n ? amount : parseFen(offer.volume) - parseFen(offer.taken);
  const open = !offer.closed && offer.from <= today && today <= offer.until && amount <= left;
  if (!open || !parts.every((p) => p.debtor === offer.debtor && p.payment >= addDays(today, offer.minDays))) return null;
  try {
    return { by: offer.debtor, id: offer.id, kind: "discount", net: discountedOf(offer.rate, offer.basis, today, parts), rate: offer.rate };
  } catch {
    return null;
  }
}

/** worthParts are the free fen of holdings that are in force. */
export function worthParts(rows: readonly HoldingRow[]): WorthPart[] {
  return rows
    .filter((r) => r.state === "active" && !r.gone && !r.redeemed && r.locked !== r.amount)
    .map((r) => ({ debtor: r.debtor, tier: r.tier, payment: r.payment, amount: parseFen(r.amount) - parseFen(r.locked) }));
}

/** Where a certificate stands, in the words of the product: what is derived of its amounts and dates goes before what is recorded. */
export function standing(c: Pick<Certificate, "state" | "face" | "redeemed" | "payment" | "extended" | "extendedTo">, today: string): string {
  if (c.state !== "active") return c.state;
  const open = parseFen(c.face) - parseFen(c.redeemed);
  if (open === 0n) return "settled";
  const extended = parseFen(c.extended);
  if (today > c.payment && (extended < open || (c.extendedTo !== null && today > c.extendedTo))) return "overdue";
  if (extended > 0n) return "extended";
  return open < parseFen(c.face) ? "partly-paid" : "active";
}

/** Where a holding of a list stands. */
export function standingOfRow(row: HoldingRow, today: string): string {
  if (row.gone) return "gone";
  if (row.redeemed) return "redeemed";
  return row.state === "active" && today > row.payment ? "overdue" : row.state;
}

/** sumText is the sum of amounts of yuan as such a text. */
export function sumText(amounts: readonly string[]): string {
  return fenText(sumFen(amounts.map(parseFen)));
}

const fewestMonths = 6;
const mostMonths = 36;

/** everyMonth fills the gaps between months, from this one on, so that a ladder has a step for each; at least half a year. */
export function everyMonth(flows: readonly MonthFlow[], today: string): MonthFlow[] {
  if (flows.length === 0 || today === "") return [...flows];
  const known = new Map(flows.map((f) => [f.month, f]));
  const months = [...known.keys()].sort();
  const now = today.slice(0, 7);
  const first = (months[0] ?? now) < now ? (months[0] ?? now) : now;
  const half = addMonths(`${now}-01`, fewestMonths - 1).slice(0, 7);
  const last = (months.at(-1) ?? now) > half ? (months.at(-1) ?? now) : half;
  const all: MonthFlow[] = [];
  for (let i = 0; i < mostMonths; i++) {
    const month = addMonths(`${first}-01`, i).slice(0, 7);
    if (month > last) break;
    all.push(known.get(month) ?? { month, count: 0, amount: "0.00" });
  }
  return all;
}
