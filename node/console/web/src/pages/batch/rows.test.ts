import { describe, expect, it } from "vitest";
import type { BatchPreview, OwnedFile } from "../../lib/records";
import { changeRow, checkedAgain, matchFiles, partsOf, rowsOf, valuesOf } from "./rows";

const argument = (allocations = 1, line = ""): object => ({
  number: "old", creditor: "S", face: "1.00", maturity: "2027-05-01", currency: "CNY", reference: "r", contract: "c", ...(line ? { bank: "B", line } : {}),
  allocations: Array.from({ length: allocations }, () => ({ invoice: "f".repeat(64), amount: "1.00" })),
});
const preview = (rows: object[]): BatchPreview => ({ rows, faults: [], totals: {} }) as unknown as BatchPreview;
const good = (row: number, values: object = { reference: `AP-${row}` }): object => ({ row, values, faults: [], argument: argument() });
const bad = (row: number): object => ({ row, values: { reference: `AP-${row}`, amount: "x" }, faults: [{ column: "amount", code: "BAD_AMOUNT", message: "" }] });

describe("rows", () => {
  it("opens what has faults, and forgets the argument of what is changed", () => {
    const [first, second] = rowsOf(preview([good(2), bad(3)]));
    expect([first!.open, second!.open]).toEqual([false, true]);
    const changed = changeRow(first!, "amount", "5.00");
    expect(changed).toMatchObject({ changed: true, argument: undefined, values: { amount: "5.00" } });
    expect(changeRow({ ...first!, values: { days: "60" } }, "maturity", "2027-05-01").values).toEqual({ maturity: "2027-05-01" });
    expect(changeRow(changed, "amount", "").values).not.toHaveProperty("amount");
  });

  it("matches the answer of a second check with the rows that were sent", () => {
    const rows = rowsOf(preview([good(2), bad(3), bad(4)])).map((r) => (r.line === 3 ? { ...r, out: true } : r));
    expect(valuesOf(rows, 60)).toEqual([{ reference: "AP-2", days: "60" }, { reference: "AP-4", amount: "x", days: "60" }]);
    const again = checkedAgain(rows, preview([good(1), good(2)]));
    expect(again.map((r) => [r.line, r.faults.length, r.argument !== undefined])).toEqual([[2, 0, true], [3, 1, false], [4, 0, true]]);
  });
});

describe("partsOf", () => {
  const rows = (count: number, allocations = 1): ReturnType<typeof rowsOf> =>
    rowsOf(preview(Array.from({ length: count }, (_, i) => ({ row: i + 2, values: {}, faults: [], argument: argument(allocations, "L") }))));

  it("takes 500 rows to a transaction, numbers each, and leaves out what is left out", () => {
    let n = 0;
    const list = rows(802);
    list[0]!.out = true;
    const parts = partsOf(list, () => String((n += 1)));
    expect(parts.map((p) => p.items.length)).toEqual([500, 301]);
    expect(parts[1]!.items[0]!.argument).toMatchObject({ number: "501" });
    expect(parts[0]!.lines[0]).toBe(3);
  });

  it("keeps to what one proposal may set aside, and to the size of a transaction", () => {
    expect(partsOf(rows(500, 9), () => "n").map((p) => p.items.length)).toEqual([250, 250]);
    expect(partsOf([], () => "n")).toEqual([]);
  });
});

describe("matchFiles", () => {
  const file = (name: string): OwnedFile => ({ name, digest: name }) as OwnedFile;

  it("finds a row by its reference or invoice number, whole words only", () => {
    const rows = rowsOf(preview([good(2, { reference: "AP-1" }), good(3, { reference: "AP-10", invoice_number: "25332000000000000001" })]));
    const found = matchFiles([file("ap-1.pdf"), file("Invoice AP-10 (2).pdf"), file("25332000000000000001.ofd"), file("other.pdf")], rows);
    expect([...found]).toEqual([["ap-1.pdf", 2], ["Invoice AP-10 (2).pdf", 3], ["25332000000000000001.ofd", 3]]);
  });
});
