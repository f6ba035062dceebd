import { describe, expect, it } from "vitest";
import { batchOf, sample } from "./batch";

const item = (creditor: string, face: string, maturity: string, line = ""): object => ({
  function: "certificate:Issue",
  argument: { number: "n", creditor, face, maturity, reference: "r", contract: "c", ...(line ? { bank: "B", line } : {}), allocations: [] },
});

describe("batchOf", () => {
  it("sums by supplier, maturity and line to the fen", () => {
    const batch = batchOf(JSON.stringify({ items: [item("S1", "100.01", "2027-05-01", "L"), item("S2", "300.00", "2027-04-01"), item("S1", "0.99", "2027-05-01", "L")] }));
    expect(batch?.amount).toBe(40100n);
    expect(batch?.bySupplier).toEqual([{ key: "S2", count: 1, amount: 30000n }, { key: "S1", count: 2, amount: 10100n }]);
    expect(batch?.byMaturity.map((g) => g.key)).toEqual(["2027-04-01", "2027-05-01"]);
    expect(batch?.byLine).toEqual([{ key: "B/L", count: 2, amount: 10100n }]);
  });

  it("keeps apart what issues nothing, with its place", () => {
    const batch = batchOf(JSON.stringify({ items: [{ function: "certificate:Accept", argument: {} }, item("S1", "1.00", "2027-05-01")] }));
    expect(batch?.others.map((o) => o.place)).toEqual([1]);
    expect(batch?.rows.map((r) => r.place)).toEqual([2]);
  });

  it("knows what is no batch", () => {
    expect(batchOf("")).toBeNull();
    expect(batchOf("{}")).toBeNull();
    expect(batchOf('{"items":[]}')).toBeNull();
  });
});

describe("sample", () => {
  it("draws different rows, at most all", () => {
    const rows = [1, 2, 3].map((place) => ({ place }));
    expect(sample(rows, 5)).toEqual(rows);
    const two = sample(rows, 2);
    expect(new Set(two.map((r) => r.place)).size).toBe(2);
    expect(two[0]!.place).toBeLessThan(two[1]!.place);
  });
});
