import { describe, expect, it } from "vitest";
import type { DiscountOffer, PostedRate } from "../lib/records";
import { everyMonth, standing, worthOf } from "./value";

const debtor = "91330100000869877P";
const rate = (more: Partial<PostedRate>): PostedRate => ({
  bank: "bank", id: "standard", debtor: "", tier: 0, minDays: 0, maxDays: 366, min: "0.01", max: "10000000.00", volume: "0.00", taken: "0.00",
  terms: {
    kind: "sale-without-recourse", rate: "3.0000", basis: 360, interest: "prepaid", advance: "100.0000", fee: "0.00", supplierInterest: "100.0000", supplierFee: "100.0000",
    valueDate: null, guarantor: "", guarantee: "0.00", guaranteeFee: "0.00", guaranteeContract: null, contract: "14c9db5a52100e3de26361313b1652dfb6603c3d08f857f165ba0a4b64f80fbe",
  },
  valueDays: 0, account: "main", from: "2026-01-01", until: "2027-12-31", closed: false, signed: { member: "", person: "", key: "", at: "", txId: "" } as PostedRate["signed"], ...more,
});
const discount = (more: Partial<DiscountOffer>): DiscountOffer => ({
  debtor, id: "early", rate: "2.6200", basis: 360, minDays: 0, volume: "0.00", taken: "0.00", account: "main", from: "2026-01-01", until: "2027-12-31", closed: false,
  signed: { member: "", person: "", key: "", at: "", txId: "" } as DiscountOffer["signed"], ...more,
});
const part = { debtor, tier: 3, payment: "2026-12-30", amount: 100_000_000n };
const today = "2026-10-01"; // 90 days before the payment

describe("what fen are worth today", () => {
  it("is what a bank pays at its posted rate: 1,000,000.00 at 3 % for 90 days leaves 992,500.00", () => {
    expect(worthOf([part], [rate({})], [], today).map((o) => o.net)).toEqual([99_250_000n]);
  });
  it("has the best offer first, the debtor's own among them", () => {
    expect(worthOf([part], [rate({}), rate({ id: "dear", terms: { ...rate({}).terms, rate: "5.0000" } })], [discount({})], today).map((o) => o.id)).toEqual(["early", "standard", "dear"]);
  });
  it("leaves out offers that do not take all of it", () => {
    const others = [rate({ debtor: "another" }), rate({ tier: 2 }), rate({ maxDays: 89 }), rate({ max: "999999.99" }), rate({ closed: true }), rate({ volume: "1000000.00", taken: "0.01" }), rate({ from: "2026-10-02" })];
    expect(worthOf([part], others, [discount({ debtor: "another" }), discount({ minDays: 91 })], today)).toEqual([]);
  });
  it("is not asked of what is due", () => expect(worthOf([part], [rate({})], [], part.payment)).toEqual([]));
});

describe("where a certificate stands", () => {
  const c = { state: "active" as const, face: "100.00", redeemed: "0.00", payment: "2026-12-30", extended: "0.00", extendedTo: null };
  it("follows from its amounts and dates", () => {
    expect(standing(c, "2026-12-30")).toBe("active");
    expect(standing(c, "2026-12-31")).toBe("overdue");
    expect(standing({ ...c, redeemed: "40.00" }, "2026-12-30")).toBe("partly-paid");
    expect(standing({ ...c, redeemed: "100.00" }, "2027-12-30")).toBe("settled");
    expect(standing({ ...c, extended: "100.00", extendedTo: "2027-03-01" }, "2027-01-01")).toBe("extended");
    expect(standing({ ...c, extended: "60.00", extendedTo: "2027-03-01" }, "2027-01-01")).toBe("overdue");
    expect(standing({ ...c, state: "void" }, "2027-01-01")).toBe("void");
  });
});

describe("the months of a ladder", () => {
  it("have no gaps, begin with this one or earlier, and are at least six", () => {
    expect(everyMonth([{ month: "2026-12", count: 1, amount: "1.00" }], "2026-10-05").map((m) => `${m.month} ${m.count}`)).toEqual([
      "2026-10 0", "2026-11 0", "2026-12 1", "2027-01 0", "2027-02 0", "2027-03 0",
    ]);
    expect(everyMonth([{ month: "2026-09", count: 1, amount: "1.00" }], "2026-10-05")[0]?.month).toBe("2026-09");
  });
});
