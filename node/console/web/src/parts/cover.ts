/** Which invoices cover a payment, and how much of each. */
import { remaining } from "../lib/build";
import { type Fen, fenText } from "../lib/money";
import type { Allocation, Invoice } from "../lib/records";

/** What invoices come to for an amount. */
export interface Cover {
  allocations: Allocation[];
  /** What is not covered. */
  missing: Fen;
}

/** coverOf takes the amount out of the invoices in their order, each as far as it goes. */
export function coverOf(invoices: readonly Invoice[], amount: Fen): Cover {
  const allocations: Allocation[] = [];
  let missing = amount;
  for (const invoice of invoices) {
    const rest = remaining(invoice);
    const taken = rest < missing ? rest : missing;
    if (taken <= 0n) continue;
    allocations.push({ invoice: invoice.fingerprint, amount: fenText(taken) });
    missing -= taken;
  }
  return { allocations, missing };
}

/** usable are invoices that the rules take, the earliest due first: attested ones only where the rules ask for that. */
export function usable(invoices: readonly Invoice[], needsCheck: boolean): Invoice[] {
  return invoices
    .filter((i) => remaining(i) > 0n && (!needsCheck || (i.verified.bank !== "" && i.verified.good)))
    .sort((a, b) => (a.due ?? a.date).localeCompare(b.due ?? b.date));
}
