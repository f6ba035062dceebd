/** What a financing comes to: the parts that it pays for, which fen of it are still with the bank, and how far it is. */
import { useStatus } from "../app/query";
import type { Api } from "../lib/api";
import { unlocked } from "../lib/build";
import { type Part, type TermsInput, costOf } from "../lib/cost";
import { amountOf, intervalText, parseInterval } from "../lib/interval";
import { parseFen } from "../lib/money";
import { describe } from "../lib/problem";
import type { CertificateView, Cost, Financing, FinancingView, Leg } from "../lib/records";
import { useCertificates } from "./certificates";

/** A financing as far as its state line needs it. */
type Way = Pick<Financing, "state" | "terms" | "cost" | "searched" | "registered"> & Pick<FinancingView, "settlement" | "guarantorSigned" | "debtorSigned">;

/** The parts of legs, null while they are not known. */
export interface Parts {
  parts: Part[] | null;
  isLoading: boolean;
}

/** useParts reads when the fen of legs are paid. A viewer that may not see the certificates gets none. */
export function useParts(legs: readonly Leg[]): Parts {
  const { found, isLoading } = useCertificates(legs.map((l) => l.certificate));
  const parts = legs.map((leg) => partOf(leg, found.get(leg.certificate))).filter((p) => p !== null);
  return { parts: !isLoading && legs.length > 0 && parts.length === legs.length ? parts : null, isLoading };
}

function partOf(leg: Leg, certificate: CertificateView | undefined): Part | null {
  if (!certificate) return null;
  const { from } = parseInterval(leg.interval);
  const holding = certificate.holdings.find((h) => parseInterval(h.interval).from <= from && from <= parseInterval(h.interval).to);
  return { amount: amountOf(leg.interval), payment: holding?.claim.payment ?? certificate.payment };
}

/** costIn is what terms come to, or why they cannot be. */
export function costIn(terms: TermsInput, parts: readonly Part[], language: "zh" | "en"): { cost: Cost | null; fault: string } {
  try {
    return { cost: costOf(terms, parts), fault: "" };
  } catch (error) {
    const said = describe(error, language);
    return { cost: null, fault: said.detail || said.title };
  }
}

/** fenWithBank reads which fen of a financing its bank owns and nobody has a claim on, as legs. */
export async function fenWithBank(api: Api, f: FinancingView): Promise<Leg[]> {
  const numbers = [...new Set(f.settlement.legs.map((l) => l.certificate))];
  const certificates = await Promise.all(numbers.map((n) => api.get<CertificateView>(`/v1/certificates/${n}`)));
  return certificates
    .flatMap((c) => c.holdings)
    .filter((h) => h.owner === f.funder && h.claim.financing === f.id)
    .flatMap((h) => unlocked(h).map((span) => ({ certificate: h.certificate, holding: h.id, version: h.version, interval: intervalText(span) })));
}

/** One step from the request to the money. */
export interface Step {
  key: "requested" | "chosen" | "consents" | "searched" | "registered" | "instructed" | "paid";
  done: boolean;
}

/** stepsOf is the way of a financing to its money, with what is behind it. Consents are only there where they are needed. */
export function stepsOf(f: Way): Step[] {
  const chosen = !["requested", "cancelled", "lapsed"].includes(f.state) || f.settlement.state === "agreed";
  const paid = f.state === "disbursed" || f.state === "ended";
  const instructed = paid || f.settlement.state === "instructed" || f.settlement.state === "accepted";
  const needsGuarantor = chosen && f.terms.guarantor !== "";
  const needsDebtor = chosen && (parseFen(f.cost.debtorInterest) > 0n || parseFen(f.cost.debtorFee) > 0n);
  const consented = (!needsGuarantor || f.guarantorSigned.at !== null) && (!needsDebtor || f.debtorSigned.at !== null);
  const steps: Step[] = [{ key: "requested", done: chosen }, { key: "chosen", done: chosen }];
  if (needsGuarantor || needsDebtor) steps.push({ key: "consents", done: consented });
  steps.push({ key: "searched", done: instructed || f.searched !== null }, { key: "registered", done: instructed || f.registered !== "" });
  steps.push({ key: "instructed", done: instructed }, { key: "paid", done: paid });
  return steps;
}

/** useNow is the ledger's time, RFC 3339 at +08:00; empty until the node has answered. */
export function useNow(): string {
  return useStatus().data?.ledgerTime ?? "";
}
