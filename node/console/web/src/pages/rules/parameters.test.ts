import { describe, expect, it } from "vitest";
import type { Pack } from "../../lib/records";
import { parametersOf, rules } from "./parameters";

const said = {
  ordinal: 1, effective: "2020-01-01", source: "", termOrdinaryMonths: 6, termCapMonths: 12, maxTier: 10, maxPieces: 1000, smallestPiece: "1.00",
  maxHopsPerDay: 5, acceptDays: 10, proposalDays: 5, confirmDays: 30, verificationNeeded: true, verificationDays: 180, publicBodyDays: 30,
  largeToSmeDays: 60, graceDays: 3, coolingOffHours: 24, requestDays: 10, instructDays: 5, staleHours: 48, searchHours: 72, registerDays: 10,
  lateDaily: "0.0500", holidays: [], workdays: [], lpr: [],
} satisfies Pack;

describe("parametersOf", () => {
  it("shows every parameter of a pack with one rule", () => {
    const shown = rules.flatMap((r) => parametersOf(r, said).map((p) => p.key));
    const apart = ["ordinal", "effective", "source", "holidays", "workdays", "lpr"];
    expect([...shown].sort()).toEqual(Object.keys(said).filter((k) => !apart.includes(k)).sort());
  });

  it("gives the values of the pack", () => {
    expect(parametersOf("TERM-MAX", said)).toEqual([
      { key: "termOrdinaryMonths", value: "6", unit: "months" },
      { key: "termCapMonths", value: "12", unit: "months" },
    ]);
    expect(parametersOf("NO-POOLING", said)).toEqual([]);
  });
});
