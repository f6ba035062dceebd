import { describe, expect, it } from "vitest";
import type { CertificateView, Holding, Lock } from "../../lib/records";
import { firstFree, isRun, neighbours, whyNot } from "./holding";

const lock = (interval: string): Lock => ({ kind: "offer", interval, order: "o", counterpart: "", at: "" });
const holding = (id: number, interval: string, more: Partial<Holding> = {}): Holding => ({
  certificate: "c", id, version: 1, owner: "me", interval, tiers: [], locks: [], claim: { payment: "2027-03-31", recourse: "", guarantor: "", financing: "" },
  hopDay: null, hops: 0, since: "", redeemed: null, accrues: null, ...more,
});
const certificate = (holdings: Holding[]): CertificateView => ({ state: "active", payment: "2027-03-31", holdings }) as unknown as CertificateView;

describe("what of a holding one leg can take", () => {
  it("is all of it without a lock", () => expect(firstFree(holding(1, "101-200"))).toBe(100n));
  it("ends at the first lock", () => expect(firstFree(holding(1, "101-200", { locks: [lock("151-160")] }))).toBe(50n));
  it("begins after locks at its low end, which may be on the same fen", () => {
    expect(firstFree(holding(1, "101-200", { locks: [lock("101-110"), lock("101-120"), lock("181-200")] }))).toBe(60n);
  });
  it("is nothing when it is locked as a whole", () => expect(firstFree(holding(1, "101-200", { locks: [lock("101-200")] }))).toBe(0n));
});

describe("holdings that can be merged", () => {
  const low = holding(3, "1-100");
  const mid = holding(1, "101-200");
  it("lie side by side", () => {
    expect(neighbours(certificate([mid, holding(4, "301-400"), low]), mid).map((h) => h.id)).toEqual([3, 1]);
  });
  it("are the member's own, free, and of the same claim", () => {
    expect(neighbours(certificate([holding(3, "1-100", { owner: "other" }), mid]), mid)).toHaveLength(1);
    expect(neighbours(certificate([holding(3, "1-100", { locks: [lock("1-2")] }), mid]), mid)).toHaveLength(1);
    expect(neighbours(certificate([holding(3, "1-100", { claim: { ...low.claim, recourse: "bank" } }), mid]), mid)).toHaveLength(1);
  });
  it("have no gap when one is left out", () => {
    expect(isRun([low, mid])).toBe(true);
    expect(isRun([low, holding(5, "201-300")])).toBe(false);
  });
});

describe("a holding cannot be changed", () => {
  it("from its payment date on, or while all of it is locked", () => {
    const h = holding(1, "1-100");
    expect(whyNot(certificate([h]), h, "2027-03-30")).toBe("");
    expect(whyNot(certificate([h]), h, "2027-03-31")).toBe("matured");
    const locked = holding(1, "1-100", { locks: [lock("1-100")] });
    expect(whyNot(certificate([locked]), locked, "2027-03-30")).toBe("locked");
  });
});
