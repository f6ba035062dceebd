/** Parts of a certificate: the fen from a first to a last one, both included, counted from 1. */
import type { Fen } from "./money";
import { refuse } from "./problem";

/** The fen from to to, both included. */
export interface Span {
  from: Fen;
  to: Fen;
}

/** Reads the API's text "1-30000000"; BAD_INTERVAL. */
export function parseInterval(text: string): Span {
  const match = /^([1-9]\d{0,18})-([1-9]\d{0,18})$/.exec(text);
  const span = { from: BigInt(match?.[1] ?? 0), to: BigInt(match?.[2] ?? 0) };
  if (!match || span.from > span.to) refuse("BAD_INTERVAL", `${JSON.stringify(text.slice(0, 48))} is no part of a certificate`);
  return span;
}

/** The API's text of a part. */
export function intervalText(span: Span): string {
  return `${span.from}-${span.to}`;
}

/** How many fen a part is. */
export function amountOf(interval: string): Fen {
  const { from, to } = parseInterval(interval);
  return to - from + 1n;
}

/** What of a part is in none of the others, in order. */
export function without(span: Span, others: readonly Span[]): Span[] {
  let left: Span[] = [span];
  for (const o of others) {
    left = left.flatMap((s) => {
      if (o.to < s.from || o.from > s.to) return [s];
      const pieces: Span[] = [];
      if (s.from < o.from) pieces.push({ from: s.from, to: o.from - 1n });
      if (o.to < s.to) pieces.push({ from: o.to + 1n, to: s.to });
      return pieces;
    });
  }
  return left;
}
