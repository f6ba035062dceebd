import { describe, expect, it } from "vitest";

import {
  addMonths, compactDate, dateOfInstant, dateOfMillis, daysBetween, instantAt, instantText, isDate, parseInstant, weekday, withinTerm,
} from "./calendar";
import { type Part, costOf, discountedOf, payoffOf, termsFault } from "./cost";
import { amountOf, parseInterval, without } from "./interval";
import {
  capital, fenText, humanFen, humanRate, maxFen, mulDiv, parseFen, parseHumanFen, parseHumanRate, parseRate, proRata, sumFen,
} from "./money";
import { certificateNumber, completeSocialCredit, isLEI, isSocialCredit, parseCertificateNumber } from "./number";
import { Problem } from "./problem";
import type { Terms } from "./records";
import vectors from "./vectors.json";

/** The code with which something is refused; it fails when it is not. */
function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  throw new Error("it was not refused");
}

const partsOf = (parts: { amount: string; payment: string }[]): Part[] =>
  parts.map((p) => ({ amount: parseFen(p.amount), payment: p.payment }));

describe("amounts", () => {
  it.each(vectors.amounts)("$amount", ({ amount, human, capital: numerals }) => {
    expect(fenText(parseFen(amount))).toBe(amount);
    expect(humanFen(amount)).toBe(human);
    expect(parseHumanFen(human)).toBe(parseFen(amount));
    expect(capital(amount)).toBe(numerals);
  });

  it("are read in one form, and as people write them", () => {
    for (const bad of ["1", "1.0", "01.00", "1.000", "-0.00", "1,000.00", " 1.00", "92233720368547758.08", "1e3", "١.00"]) {
      expect(codeOf(() => parseFen(bad))).toBe("BAD_AMOUNT");
    }
    expect(parseFen("92233720368547758.07")).toBe(maxFen);
    for (const [text, fen] of [["300,000", 30000000n], [" ¥300000.5 ", 30000050n], ["￥ 1,234.56", 123456n], ["0.01", 1n]] as const) {
      expect(parseHumanFen(text)).toBe(fen);
    }
    for (const bad of ["", "¥", "1,00", "1,0000", "1.234", "1,234,56", "1 000", "abc", "007", "92233720368547759"]) {
      expect(codeOf(() => parseHumanFen(bad))).toBe("BAD_AMOUNT");
    }
  });

  it("never leave the range of the ledger", () => {
    expect(codeOf(() => sumFen([maxFen, 1n]))).toBe("AMOUNT_OVERFLOW");
    expect(codeOf(() => mulDiv(maxFen, 2n, 1n, "down"))).toBe("AMOUNT_OVERFLOW");
    expect(mulDiv(5n, 1n, 2n, "half-up")).toBe(3n);
    expect(mulDiv(-5n, 1n, 2n, "half-up")).toBe(-3n);
    expect(mulDiv(5n, 1n, 4n, "up")).toBe(2n);
    expect(codeOf(() => mulDiv(1n, 1n, 0n, "down"))).toBe("BAD_AMOUNT");
    expect(proRata(100n, [1n, 1n, 1n, 0n])).toEqual([33n, 33n, 34n, 0n]);
    expect(codeOf(() => proRata(1n, [0n]))).toBe("BAD_AMOUNT");
  });
});

describe("rates", () => {
  it("are read and written", () => {
    expect(parseRate("2.6200")).toBe(26200n);
    expect(parseHumanRate("2.62 %")).toBe(26200n);
    expect(parseHumanRate("3")).toBe(30000n);
    expect([humanRate("2.6200"), humanRate("2.6250"), humanRate("3.0000"), humanRate("2.6255")]).toEqual(["2.62", "2.625", "3.00", "2.6255"]);
    for (const bad of ["2.62", "", "-1.0000x"]) expect(codeOf(() => parseRate(bad))).toBe("BAD_RATE");
    for (const bad of ["2.62345", "-1", "%", "1,0"]) expect(codeOf(() => parseHumanRate(bad))).toBe("BAD_RATE");
  });
});

describe("dates", () => {
  it.each(vectors.months)("$from and $months months", ({ from, months, to }) => {
    expect(addMonths(from, months)).toBe(to);
  });

  it("exist or are refused", () => {
    for (const bad of ["2026-02-29", "2026-13-01", "1969-12-31", "2026-1-1", "", "2026-00-10"]) expect(isDate(bad)).toBe(false);
    expect(isDate("2028-02-29")).toBe(true);
    expect(codeOf(() => compactDate("2026-02-30"))).toBe("BAD_DATE");
    expect(daysBetween("2026-02-28", "2026-03-01")).toBe(1);
    expect(weekday("2026-11-26")).toBe(4);
    expect(withinTerm("2026-08-31", "2027-02-28", 6)).toBe(true);
    expect(withinTerm("2026-08-31", "2027-03-01", 6)).toBe(false);
  });

  it("are those of Asia/Shanghai", () => {
    const text = "2026-09-01T00:00:00.000+08:00";
    expect(instantText(parseInstant(text))).toBe(text);
    expect(dateOfInstant(text)).toBe("2026-09-01");
    expect(dateOfMillis(parseInstant(text) - 1)).toBe("2026-08-31");
    expect(instantAt("2026-09-01")).toBe(text);
    expect(instantAt("2026-09-01", "18:30")).toBe("2026-09-01T18:30:00.000+08:00");
    for (const bad of ["2026-09-01T00:00:00Z", "2026-09-01", "2026-09-01T00:00:00.000Z", ""]) {
      expect(codeOf(() => parseInstant(bad))).toBe("BAD_DATE");
    }
    expect(codeOf(() => instantAt("2026-09-01", "24:00"))).toBe("BAD_DATE");
  });
});

describe("numbers", () => {
  it.each(vectors.certificates)("$number", ({ debtor, issued, sequence, number }) => {
    expect(certificateNumber(debtor, issued, sequence)).toBe(number);
    expect(parseCertificateNumber(number)).toEqual({ debtor, issued, sequence });
    expect(isSocialCredit(debtor)).toBe(true);
    expect(completeSocialCredit(debtor.slice(0, 17))).toBe(debtor);
  });

  it("notice every change of one character and every exchange of two neighbours", () => {
    const number = vectors.certificates[0]?.number ?? "";
    for (let i = 0; i < number.length; i++) {
      for (const c of "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
        if (c !== number[i]) expect(parseCertificateNumber(number.slice(0, i) + c + number.slice(i + 1))).toBeNull();
      }
      const swapped = number.slice(0, i) + (number[i + 1] ?? "") + (number[i] ?? "") + number.slice(i + 2);
      if (swapped !== number) expect(parseCertificateNumber(swapped)).toBeNull();
    }
  });

  it("refuse what is none", () => {
    expect(codeOf(() => certificateNumber("91330100000869877X", "2026-01-05", 1))).toBe("BAD_NUMBER");
    expect(codeOf(() => certificateNumber("91330100000869877P", "2026-01-05", 0))).toBe("BAD_NUMBER");
    expect(codeOf(() => certificateNumber("91330100000869877P", "2026-02-30", 1))).toBe("BAD_DATE");
    expect(isSocialCredit("91330100000869877p")).toBe(false);
    for (const lei of vectors.leis) {
      expect(isLEI(lei)).toBe(true);
      expect(isLEI(lei.toLowerCase())).toBe(false);
      expect(isLEI(`${lei.slice(0, 19)}${lei.endsWith("1") ? "2" : "1"}`)).toBe(false);
    }
  });
});

describe("costs", () => {
  it("are those of the ledger, to the fen, and refused alike", () => {
    expect(vectors.costs.some((v) => v.fault)).toBe(true);
    for (const v of vectors.costs) {
      const terms = v.terms as Terms;
      if (v.fault) expect(codeOf(() => costOf(terms, partsOf(v.parts)))).toBe("TERMS_INVALID");
      else expect(costOf(terms, partsOf(v.parts))).toEqual(v.cost);
    }
  });

  it("recalculate a loan to a day", () => {
    for (const v of vectors.payoffs) {
      const of = vectors.costs[v.of];
      if (!of?.cost) throw new Error("the vector has no cost");
      const payoff = payoffOf(of.terms as Terms, of.cost, partsOf(of.parts), v.day);
      expect([payoff.amount, payoff.earned, payoff.debtorRefund].map(fenText)).toEqual([v.amount, v.earned, v.debtorRefund]);
    }
  });

  it("discount an early payment", () => {
    for (const v of vectors.discounts) {
      expect(fenText(discountedOf(v.rate, v.basis, v.valueDate, partsOf(v.parts)))).toBe(v.amount);
    }
  });

  it("name the term that is wrong", () => {
    const terms = vectors.quote.terms as Terms;
    expect(termsFault(terms)).toBe("");
    for (const [change, word] of [
      [{ basis: 364 }, "basis"], [{ rate: "100.0001" }, "rate"], [{ advance: "0.0000" }, "advance"], [{ contract: null }, "contract"],
      [{ guarantor: "" }, "guarantor"], [{ guarantor: "x" }, "guarantor"], [{ interest: "at-maturity" as const }, "interest"],
      [{ guarantee: "0.00" }, "guarantee"], [{ guaranteeContract: null }, "guaranteeContract"], [{ fee: "-1.00" }, "fee"],
    ] as const) {
      expect(termsFault({ ...terms, ...change })).toMatch(word);
    }
  });
});

describe("parts of a certificate", () => {
  it("are cut", () => {
    expect(amountOf("1-30000000")).toBe(30000000n);
    expect(without({ from: 1n, to: 10n }, [{ from: 3n, to: 4n }, { from: 9n, to: 20n }])).toEqual([{ from: 1n, to: 2n }, { from: 5n, to: 8n }]);
    expect(without({ from: 1n, to: 10n }, [{ from: 1n, to: 10n }])).toEqual([]);
    for (const bad of ["", "0-5", "5-4", "1", "1-", "01-2"]) expect(codeOf(() => parseInterval(bad))).toBe("BAD_INTERVAL");
  });
});
