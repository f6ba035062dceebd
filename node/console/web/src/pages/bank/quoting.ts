/** Makes sealed quotes of what a person or the policy offers. */
import { addDays, dateOfMillis, instantText, parseInstant } from "../../lib/calendar";
import { type Call, call } from "../../lib/arguments";
import { checkTerms } from "../../lib/cost";
import { fenText, type Fen } from "../../lib/money";
import { sealQuote } from "../../lib/quote";
import type { FinancingKind, FinancingView, InterestMode, Terms } from "../../lib/records";
import { percentOf } from "../../parts/RateInput";
import type { PolicyTerms } from "./policy";

const hour = 3_600_000;

/** What a person fills in. */
export interface Offer {
  kind: FinancingKind;
  rate: string;
  basis: number;
  interest: InterestMode;
  advance: string;
  fee: Fen | null;
  supplierInterest: string;
  supplierFee: string;
  valueDate: string;
  guarantor: string;
  guarantee: Fen | null;
  guaranteeFee: Fen | null;
  guaranteeContract: string;
  contract: string;
}

/** offerOf is where a person begins: at the policy's price, or at what is usual. */
export function offerOf(price: PolicyTerms | undefined, valueDate: string): Offer {
  return {
    kind: price?.kind ?? "sale-without-recourse",
    rate: price ? trimmed(price.rate) : "",
    basis: price?.basis ?? 360,
    interest: price?.interest ?? "prepaid",
    advance: price ? trimmed(price.advance) : "100",
    fee: price && price.fee !== "0.00" ? BigInt(price.fee.replace(".", "")) : null,
    supplierInterest: "100",
    supplierFee: "100",
    valueDate,
    guarantor: "",
    guarantee: null,
    guaranteeFee: null,
    guaranteeContract: "",
    contract: "",
  };
}

function trimmed(rate: string): string {
  return rate.replace(/\.?0+$/, "");
}

/** termsOf reads what was filled in; null while a percentage is none. */
export function termsOf(o: Offer): Terms | null {
  const [rate, advance, supplierInterest, supplierFee] = [percentOf(o.rate), percentOf(o.advance), percentOf(o.supplierInterest), percentOf(o.supplierFee)];
  if (o.rate === "" || rate === null || advance === null || supplierInterest === null || supplierFee === null) return null;
  const guaranteed = o.guarantor !== "";
  return {
    kind: o.kind, rate, basis: o.basis, interest: o.interest, advance, fee: fenText(o.fee ?? 0n), supplierInterest, supplierFee,
    valueDate: o.valueDate || null, guarantor: o.guarantor, guarantee: fenText(guaranteed ? (o.guarantee ?? 0n) : 0n),
    guaranteeFee: fenText(guaranteed ? (o.guaranteeFee ?? 0n) : 0n), guaranteeContract: guaranteed ? o.guaranteeContract || null : null,
    contract: o.contract || null,
  };
}

/** pricedTerms are the policy's price as terms: the supplier bears interest and fee, and nobody guarantees. */
export function pricedTerms(price: PolicyTerms, valueDate: string, contract: string): Terms {
  return {
    kind: price.kind, rate: price.rate, basis: price.basis, interest: price.interest, advance: price.advance, fee: price.fee,
    supplierInterest: "100.0000", supplierFee: "100.0000", valueDate, guarantor: "", guarantee: "0.00", guaranteeFee: "0.00",
    guaranteeContract: null, contract,
  };
}

/** expiryOf is when a quote ends that stands for some hours: not after the request itself. */
export function expiryOf(f: FinancingView, now: string, hours: number): string {
  const wanted = parseInstant(now) + hours * hour;
  const ends = f.settlement.lapsesAt ? parseInstant(f.settlement.lapsesAt) : wanted;
  return instantText(Math.min(wanted, ends));
}

/** valueDateOf is the day after a quote ends: whoever chooses it at the last moment still leaves a day to register and pay. */
export function valueDateOf(expires: string): string {
  return addDays(dateOfMillis(parseInstant(expires)), 1);
}

/** quoteCall seals terms for a request. TERMS_INVALID, BAD_KEY. */
export async function quoteCall(
  of: { network: string; bank: string; account: string; expires: string }, f: FinancingView, terms: Terms,
): Promise<Call<"financing:Quote">> {
  checkTerms(terms);
  const { seal, sealed } = await sealQuote({ network: of.network, financing: f.id, bank: of.bank, replyKey: f.replyKey }, terms);
  return call("financing:Quote", { financing: f.id, account: of.account, seal, sealed, expires: of.expires });
}
