import { describe, expect, it } from "vitest";
import type { Invoice } from "../lib/records";
import { coverOf, usable } from "./cover";

const invoice = (fingerprint: string, amount: string, more: Partial<Invoice> = {}): Invoice => ({
  fingerprint, scheme: 1, epoch: 1, seller: "s", buyer: "b", contract: "k", delivery: "", amount, date: "2026-09-01", due: null, allocated: "0.00", cancelled: "0.00",
  redLetters: [], verified: { bank: "", kind: null, good: false, document: null, at: null }, recordedBy: "s", recorded: "", ...more,
});

describe("invoices that cover a payment", () => {
  it("are used as far as they go, in their order", () => {
    const cover = coverOf([invoice("a", "100.00", { allocated: "40.00" }), invoice("b", "100.00", { cancelled: "10.00" }), invoice("c", "100.00")], 12_000n);
    expect(cover).toEqual({ allocations: [{ invoice: "a", amount: "60.00" }, { invoice: "b", amount: "60.00" }], missing: 0n });
  });
  it("leave missing what they do not cover", () => {
    expect(coverOf([invoice("a", "100.00")], 10_001n).missing).toBe(1n);
    expect(coverOf([], 5n)).toEqual({ allocations: [], missing: 5n });
  });
  it("must be attested where the rules ask for it, and have something left", () => {
    const good = invoice("g", "1.00", { verified: { bank: "x", kind: "tax-check", good: true, document: null, at: null }, due: "2026-12-01" });
    const list = [good, invoice("used", "1.00", { allocated: "1.00" }), invoice("plain", "1.00", { due: "2026-11-01" })];
    expect(usable(list, true).map((i) => i.fingerprint)).toEqual(["g"]);
    expect(usable(list, false).map((i) => i.fingerprint)).toEqual(["plain", "g"]);
  });
});
