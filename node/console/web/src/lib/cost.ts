/** What terms of a financing come to, exactly as chaincode/financing: the page shows and signs what the ledger will compute. */
import { addDays, daysBetween } from "./calendar";
import { type Fen, type Rate, discountInterest, fenText, mulDiv, parseFen, parseRate, proRata, rateText, share, sumFen, wholeRate } from "./money";
import { isSocialCredit } from "./number";
import { isDigest } from "./digest";
import { refuse } from "./problem";
import { type Cost, type Terms, financingKinds, interestModes } from "./records";

/** The fen of one leg and the day on which they are paid. */
export interface Part {
  amount: Fen;
  payment: string;
}

/** Terms that are complete but for the value date of a posted rate. */
export type TermsInput = Omit<Terms, "valueDate"> & { valueDate?: string | null };

/** Refuses with TERMS_INVALID, naming the term, terms that no financing can have. The value date is looked at by costOf. */
export function checkTerms(t: TermsInput): void {
  const wrong = termsFault(t);
  if (wrong !== "") refuse("TERMS_INVALID", wrong);
}

/** Names the term that no financing can have, or gives an empty text. */
export function termsFault(t: TermsInput): string {
  const percent = (text: string): boolean => parseRate(text) >= 0n && parseRate(text) <= wholeRate;
  if (!financingKinds.includes(t.kind)) return "kind: a sale with or without recourse, or a pledge";
  if (!percent(t.rate)) return `rate ${t.rate}: 0.0000 to 100.0000`;
  if (t.basis !== 360 && t.basis !== 365) return "basis: 360 or 365";
  if (!interestModes.includes(t.interest)) return "interest: prepaid or at-maturity";
  if (!percent(t.advance) || parseRate(t.advance) === 0n) return `advance ${t.advance}: above 0.0000, at most 100.0000`;
  if (parseFen(t.fee) < 0n) return `fee ${t.fee}`;
  if (!percent(t.supplierInterest) || !percent(t.supplierFee)) return "supplierInterest and supplierFee: 0.0000 to 100.0000";
  if (!isDigest(t.contract ?? "")) return "contract: its hash is missing";
  return maturityFault(t) || guaranteeFault(t);
}

function maturityFault(t: TermsInput): string {
  if (t.interest !== "at-maturity") return "";
  if (t.kind === "sale-without-recourse") return "interest: that of a sale without recourse is prepaid";
  if (parseRate(t.supplierInterest) < wholeRate) return "interest: a debtor's share is prepaid";
  return "";
}

function guaranteeFault(t: TermsInput): string {
  if (t.guarantor === "") {
    const none = parseFen(t.guarantee) === 0n && parseFen(t.guaranteeFee) === 0n && !t.guaranteeContract;
    return none ? "" : "guarantor: a guarantee without one";
  }
  if (!isSocialCredit(t.guarantor)) return "guarantor: not a social credit code";
  if (parseFen(t.guarantee) <= 0n) return "guarantee: its amount is missing";
  if (parseFen(t.guaranteeFee) < 0n) return `guaranteeFee ${t.guaranteeFee}`;
  if (!isDigest(t.guaranteeContract ?? "")) return "guaranteeContract: its hash is missing";
  return "";
}

/**
 * What terms come to for the fen of some legs: advance, interest and its shares, fees, what is paid out net, and the
 * supplier's whole cost as a percentage a year. TERMS_INVALID for a value date on or after a payment date and for terms
 * that leave the supplier nothing; AMOUNT_OVERFLOW.
 */
export function costOf(t: TermsInput, parts: readonly Part[]): Cost {
  const valueDate = t.valueDate ?? refuse("TERMS_INVALID", "valueDate: it is missing");
  const { advance, advances, weight } = advancesOf(t, valueDate, parts);
  const interest = interestOf(t, valueDate, parts, advances);
  const supplierInterest = share(interest, parseRate(t.supplierInterest), "half-up");
  const supplierFee = share(parseFen(t.fee), parseRate(t.supplierFee), "half-up");
  const guaranteeFee = parseFen(t.guaranteeFee);
  const net = advance - supplierFee - (t.interest === "prepaid" ? supplierInterest : 0n);
  if (net <= 0n || net <= guaranteeFee) {
    refuse("TERMS_INVALID", `${fenText(net - guaranteeFee)} of ${fenText(advance)} is left to the supplier`);
  }
  const allIn = allInOf(sumFen([supplierInterest, supplierFee, guaranteeFee]), net - guaranteeFee, advance, weight);
  return {
    advance: fenText(advance),
    interest: fenText(interest),
    supplierInterest: fenText(supplierInterest),
    debtorInterest: fenText(interest - supplierInterest),
    supplierFee: fenText(supplierFee),
    debtorFee: fenText(parseFen(t.fee) - supplierFee),
    guaranteeFee: fenText(guaranteeFee),
    net: fenText(net),
    allIn: rateText(allIn),
  };
}

interface Advances {
  advance: Fen;
  advances: Fen[];
  /** Sum of the legs' advances times days. */
  weight: Fen;
}

function advancesOf(t: TermsInput, valueDate: string, parts: readonly Part[]): Advances {
  for (const p of parts) {
    if (p.payment <= valueDate) refuse("TERMS_INVALID", `value date ${valueDate} is not before payment date ${p.payment}`);
  }
  const amounts = parts.map((p) => p.amount);
  const advance = share(sumFen(amounts), parseRate(t.advance), "down");
  if (advance === 0n) refuse("TERMS_INVALID", `the advance of ${fenText(sumFen(amounts))} is nothing`);
  const advances = proRata(advance, amounts);
  const weight = sumFen(parts.map((p, i) => (advances[i] ?? 0n) * BigInt(daysBetween(valueDate, p.payment))));
  return { advance, advances, weight };
}

/** Sums the legs' interest from the value date to their payment dates, or to an earlier day. */
function interestOf(t: TermsInput, valueDate: string, parts: readonly Part[], advances: readonly Fen[], until?: string): Fen {
  return sumFen(parts.map((p, i) => {
    const last = until !== undefined && until < p.payment ? until : p.payment;
    const days = Math.max(0, daysBetween(valueDate, last));
    return discountInterest(advances[i] ?? 0n, parseRate(t.rate), days, t.basis, "half-up");
  }));
}

function allInOf(cost: Fen, received: Fen, advance: Fen, weight: Fen): Rate {
  const fine = 1000n; // between the two divisions
  const yearly = mulDiv(cost, 365n * wholeRate * fine, received, "half-up");
  return mulDiv(mulDiv(yearly, advance, weight, "half-up"), 1n, fine, "half-up");
}

/** What a borrower pays on a day to have its pledged fen back. */
export interface Payoff {
  /** Principal, less interest prepaid and not earned, or plus interest earned and not paid. */
  amount: Fen;
  /** Interest from the value date to the day. */
  earned: Fen;
  /** Of the debtor's share, not earned. */
  debtorRefund: Fen;
}

/** Recalculates a loan to a day. */
export function payoffOf(t: TermsInput, c: Cost, parts: readonly Part[], day: string): Payoff {
  const valueDate = t.valueDate ?? refuse("TERMS_INVALID", "valueDate: it is missing");
  const { advances } = advancesOf(t, valueDate, parts);
  const earned = interestOf(t, valueDate, parts, advances, day);
  const supplier = share(earned, parseRate(t.supplierInterest), "half-up");
  const positive = (fen: Fen): Fen => (fen > 0n ? fen : 0n);
  const advance = parseFen(c.advance);
  const amount = t.interest === "prepaid" ? advance - positive(parseFen(c.supplierInterest) - supplier) : advance + supplier;
  return { amount, earned, debtorRefund: positive(parseFen(c.debtorInterest) - (earned - supplier)) };
}

/** What a debtor pays early for fen: their sum less the discount of each leg, rounded half up once a leg. TERMS_INVALID. */
export function discountedOf(rate: string, basis: number, valueDate: string, parts: readonly Part[]): Fen {
  const sum = sumFen(parts.map((p) => {
    const days = Math.max(0, daysBetween(valueDate, p.payment));
    return p.amount - discountInterest(p.amount, parseRate(rate), days, basis, "half-up");
  }));
  if (sum <= 0n) refuse("TERMS_INVALID", `${fenText(sum)} is left of the fen`);
  return sum;
}

/** The terms of a posted rate as they come to be when it is taken on a day. */
export function termsTaken(t: Terms, taken: string, valueDays: number): Terms {
  return { ...t, valueDate: addDays(taken, valueDays) };
}
