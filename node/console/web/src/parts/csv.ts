/** A report as one comma-separated file: all pages, below one line of column names. */
import type { Api, Params } from "../lib/api";

/** csvOf reads all pages of a report; the bytes are those of `scf report`. */
export async function csvOf(api: Api, path: string, params: Params): Promise<Blob> {
  const parts: string[] = [];
  let cursor = "";
  do {
    const page = await api.file(path, { params: { ...params, cursor, limit: 500 }, accept: "text/csv" });
    const text = await page.blob.text();
    parts.push(cursor === "" ? text : withoutHead(text));
    cursor = page.next;
  } while (cursor !== "");
  return new Blob(parts, { type: "text/csv;charset=utf-8" });
}

/** withoutHead leaves the names of the columns out. */
export function withoutHead(text: string): string {
  const end = text.indexOf("\r\n");
  return end < 0 ? "" : text.slice(end + 2);
}
