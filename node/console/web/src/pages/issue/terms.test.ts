import { describe, expect, it } from "vitest";
import type { Invoice, Pack, TradeContract } from "../../lib/records";
import { hintsOf } from "./terms";

const pack = { termOrdinaryMonths: 6, termCapMonths: 12, publicBodyDays: 30, largeToSmeDays: 60 } as Pack;
const contract = { buyerClass: "large", sellerClass: "small", agreed: true } as TradeContract;
const invoice = (date: string, due: string | null): Invoice => ({ date, due }) as Invoice;
const keys = (maturity: string, ...rest: [TradeContract?, Invoice[]?]): string[] => hintsOf("2027-02-25", maturity, pack, rest[0], rest[1] ?? []).map((h) => h.key);

describe("hintsOf", () => {
  it("says nothing of an ordinary term", () => {
    expect(keys("2027-04-01", contract, [invoice("2027-02-20", null)])).toEqual([]);
    expect(keys("")).toEqual([]);
  });

  it("refuses today, and what lies beyond the cap", () => {
    expect(keys("2027-02-25")).toEqual(["past"]);
    expect(keys("2028-02-25")).toEqual(["review"]);
    expect(keys("2028-02-26")).toEqual(["tooLong", "weekend"]);
  });

  it("asks for a review from the day after six months on", () => {
    expect(keys("2027-08-25")).toEqual([]);
    expect(keys("2027-08-26")).toEqual(["review"]);
  });

  it("flags what is late for the supplier, and what the contract does not agree to", () => {
    expect(keys("2027-04-22", contract, [invoice("2027-02-20", "2027-04-20")])).toEqual(["days60", "disguised"]);
    expect(keys("2027-04-01", { ...contract, agreed: false }, [])).toEqual(["notAgreed"]);
    expect(keys("2027-04-22", { ...contract, buyerClass: "medium" }, [invoice("2027-02-20", null)])).toEqual([]);
  });
});
