/** What a proposed batch comes to, for the person who signs it. */
import { sumFen, type Fen, parseFen } from "../../lib/money";
import type { BatchItem, IssueArgument } from "../../lib/arguments";

/** One certificate of a batch, with its place from 1. */
export interface Row extends IssueArgument {
  place: number;
}

/** Rows of one supplier, maturity or line. */
export interface Group {
  key: string;
  count: number;
  amount: Fen;
}

/** A batch that issues certificates, and what else is in it. */
export interface Batch {
  rows: Row[];
  /** Items that issue nothing. */
  others: { place: number; item: BatchItem }[];
  amount: Fen;
  bySupplier: Group[];
  byMaturity: Group[];
  byLine: Group[];
}

/** batchOf reads the canonical argument of batch:Run; null for what is none. */
export function batchOf(argument: string): Batch | null {
  let items: BatchItem[];
  try {
    items = (JSON.parse(argument) as { items?: BatchItem[] }).items ?? [];
  } catch {
    return null;
  }
  if (items.length === 0) return null;
  const placed = items.map((item, i) => ({ place: i + 1, item }));
  const rows = placed.filter((p) => p.item.function === "certificate:Issue").map((p) => ({ ...(p.item.argument as IssueArgument), place: p.place }));
  return {
    rows,
    others: placed.filter((p) => p.item.function !== "certificate:Issue"),
    amount: sumFen(rows.map((r) => parseFen(r.face))),
    bySupplier: grouped(rows, (r) => r.creditor).sort((a, b) => (a.amount < b.amount ? 1 : -1)),
    byMaturity: grouped(rows, (r) => r.maturity).sort((a, b) => a.key.localeCompare(b.key)),
    byLine: grouped(rows.filter((r) => r.line), (r) => `${r.bank}/${r.line}`),
  };
}

/** grouped sums rows that have the same key, in the order in which keys first come. */
export function grouped(rows: readonly Row[], keyOf: (row: Row) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const row of rows) {
    const key = keyOf(row);
    const known = groups.get(key) ?? { key, count: 0, amount: 0n };
    groups.set(key, { key, count: known.count + 1, amount: known.amount + parseFen(row.face) });
  }
  return [...groups.values()];
}

/** sample draws some of the rows at random, in the batch's order. */
export function sample<T extends { place: number }>(rows: readonly T[], size: number): T[] {
  const left = [...rows];
  const drawn: T[] = [];
  while (drawn.length < size && left.length > 0) drawn.push(...left.splice(below(left.length), 1));
  return drawn.sort((a, b) => a.place - b.place);
}

/** below is a random number from 0 that nobody can foresee: a maker must not know what is looked at. */
function below(n: number): number {
  return (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % n;
}
