/** The rows of a list of payables while they are put right, and what is signed for the good ones. */
import type { BatchItem, IssueArgument } from "../../lib/arguments";
import { argumentText } from "../../lib/jws";
import { maxBatchItems } from "../../lib/build";
import type { BatchPreview, OwnedFile, PreviewFault } from "../../lib/records";

/** Fields of a row, as the node names them, in the order of the page. */
export const fields = ["reference", "creditor", "amount", "maturity", "days", "contract", "invoices", "invoice_code", "invoice_number", "invoice_date", "bank", "line"] as const;
/** One of fields. */
export type FieldName = (typeof fields)[number];

/** One row on the page. */
export interface Row {
  /** Line in the file. */
  line: number;
  values: Record<string, string>;
  faults: PreviewFault[];
  /** What is signed, of a good row. */
  argument?: IssueArgument;
  /** Left out of the batch. */
  out: boolean;
  /** Changed since it was checked. */
  changed: boolean;
  /** It had faults, or was opened, and stays open for changes. */
  open: boolean;
}

/** rowsOf takes the rows of a file that was checked. */
export function rowsOf(preview: BatchPreview): Row[] {
  return preview.rows.map((r) => ({
    line: r.row, values: r.values, faults: r.faults, argument: r.argument, out: false, changed: false, open: r.faults.length > 0,
  }));
}

/** checkedAgain takes the answer for the rows that are not left out, which were sent in their order. */
export function checkedAgain(rows: readonly Row[], preview: BatchPreview): Row[] {
  let at = 0;
  return rows.map((row) => {
    if (row.out) return { ...row, argument: undefined };
    const answer = preview.rows[at++];
    return answer ? { ...row, faults: answer.faults, argument: answer.argument, changed: false, open: row.open || answer.faults.length > 0 } : row;
  });
}

/** changeRow writes one value; the row has to be checked again. */
export function changeRow(row: Row, field: FieldName, value: string): Row {
  const values = { ...row.values, [field]: value };
  if (value === "") delete values[field];
  if (field === "maturity" && value !== "") delete values["days"];
  if (field === "days" && value !== "") delete values["maturity"];
  return { ...row, values, changed: true, argument: undefined };
}

/** valuesOf are the rows to be checked again; days and unit of the file do not travel with rows, so they are written out. */
export function valuesOf(rows: readonly Row[], days: number): Record<string, string>[] {
  return rows
    .filter((r) => !r.out)
    .map((r) => (days > 0 && !r.values["maturity"] && !r.values["days"] ? { ...r.values, days: String(days) } : r.values));
}

const maxHolds = 2_500; // what one proposal sets aside: lines and invoices
const maxBytes = 360 << 10; // of one argument; a transaction is at most 512 KB in base64

/** A part of a batch: what one transaction takes. */
export interface Part {
  items: BatchItem[];
  /** Rows of the items, by their place in the batch. */
  lines: number[];
}

/** partsOf divides the good rows into as few transactions as the ledger takes. The numbers are given in order. */
export function partsOf(rows: readonly Row[], number: () => string): Part[] {
  const parts: Part[] = [];
  let part: Part = { items: [], lines: [] };
  let [holds, bytes] = [0, 0];
  for (const row of rows) {
    if (row.out || !row.argument) continue;
    const item: BatchItem = { function: "certificate:Issue", argument: { ...row.argument, number: number() } };
    const held = row.argument.allocations.length + (row.argument.line ? 1 : 0);
    const size = new TextEncoder().encode(argumentText(item)).length;
    if (part.items.length > 0 && (part.items.length === maxBatchItems || holds + held > maxHolds || bytes + size > maxBytes)) {
      parts.push(part);
      part = { items: [], lines: [] };
      [holds, bytes] = [0, 0];
    }
    part.items.push(item);
    part.lines.push(row.line);
    holds += held;
    bytes += size;
  }
  return part.items.length > 0 ? [...parts, part] : parts;
}

/** matchFiles finds the row of each file: the one whose reference or invoice number is in the file's name, the longest first. */
export function matchFiles(files: readonly OwnedFile[], rows: readonly Row[]): Map<string, number> {
  const names = rows
    .filter((r) => !r.out)
    .flatMap((r) => [r.values["reference"], r.values["invoice_number"]].filter((v) => v !== undefined && v.length >= 3).map((v) => ({ name: String(v).toLowerCase(), line: r.line })))
    .sort((a, b) => b.name.length - a.name.length);
  const found = new Map<string, number>();
  for (const file of files) {
    const row = names.find((n) => stands(file.name.toLowerCase(), n.name));
    if (row) found.set(file.digest, row.line);
  }
  return found;
}

/** stands says whether a word stands in a text, not as a part of a longer one: AP-1 is not in AP-10. */
function stands(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const part = (c: string | undefined): boolean => c !== undefined && /[\p{L}\p{N}]/u.test(c);
    if (!part(text[at - 1]) && !part(text[at + word.length])) return true;
  }
  return false;
}
