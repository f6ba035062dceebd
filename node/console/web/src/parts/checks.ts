/** Is a certificate real: what the ledger knows of its debtor, its evidence, the claims on it and its payment, as checks to show. */
import { type Span, parseInterval } from "../lib/interval";
import type { CertificateView, LockKind, RuleDecision } from "../lib/records";
import { standing } from "./value";

/** How a check came out. */
export type Mark = "good" | "warn" | "bad";

/** One thing that was looked at. */
export interface Check {
  of: "debtor" | "evidence" | "rules" | "claims" | "payment";
  mark: Mark;
  /** Which sentence tells it: a key below value:real.<of>. */
  says: string;
  /** Locks or rules that it is about. */
  about: string[];
}

/** A certificate to be looked at, and which fen of it. */
export interface Looked {
  certificate: CertificateView;
  rulings: readonly RuleDecision[];
  /** All of it when left out. */
  spans?: readonly Span[];
  /** Locks of this transfer or financing are its own and say nothing. */
  own?: string;
}

/** realityOf looks at one certificate. */
export function realityOf(looked: Looked, today: string): Check[] {
  const stands = standing(looked.certificate, today);
  return [debtorCheck(stands), evidenceCheck(looked.rulings), rulesCheck(looked.rulings), claimsCheck(looked), paymentCheck(stands)].filter((c) => c !== null);
}

/** worstOf joins the checks of several certificates: of each kind the worst. */
export function worstOf(all: readonly Check[][]): Check[] {
  const order: Mark[] = ["good", "warn", "bad"];
  const joined = new Map<string, Check>();
  for (const check of all.flat()) {
    const known = joined.get(check.of);
    if (!known || order.indexOf(check.mark) > order.indexOf(known.mark)) joined.set(check.of, check);
    else if (known.mark === check.mark) joined.set(check.of, { ...known, about: [...new Set([...known.about, ...check.about])] });
  }
  return [...joined.values()];
}

/** verdictOf is the worst of the checks. */
export function verdictOf(checks: readonly Check[]): Mark {
  if (checks.some((c) => c.mark === "bad")) return "bad";
  return checks.some((c) => c.mark === "warn") ? "warn" : "good";
}

function debtorCheck(stands: string): Check {
  const ended = ["rejected", "withdrawn", "lapsed", "void"].includes(stands);
  if (ended) return { of: "debtor", mark: "bad", says: "ended", about: [stands] };
  return { of: "debtor", mark: "good", says: stands === "issued" ? "signed" : "accepted", about: [] };
}

function evidenceCheck(rulings: readonly RuleDecision[]): Check {
  const results = rulings.flatMap((d) => d.rules.filter((r) => r.rule === "EVIDENCE-COVER"));
  if (results.length === 0) return { of: "evidence", mark: "warn", says: "unknown", about: [] };
  const flagged = results.some((r) => r.result !== "passed");
  return { of: "evidence", mark: flagged ? "warn" : "good", says: flagged ? "flagged" : "passed", about: [] };
}

function rulesCheck(rulings: readonly RuleDecision[]): Check | null {
  const flagged = rulings.flatMap((d) => d.rules.filter((r) => r.result !== "passed" && r.rule !== "EVIDENCE-COVER").map((r) => r.rule));
  return flagged.length === 0 ? null : { of: "rules", mark: "warn", says: "flagged", about: [...new Set(flagged)] };
}

function claimsCheck({ certificate, spans, own }: Looked): Check {
  const met = new Set<LockKind>();
  for (const h of certificate.holdings) {
    for (const lock of h.locks) {
      const at = parseInterval(lock.interval);
      if (lock.order !== own && (!spans || spans.some((s) => s.from <= at.to && at.from <= s.to))) met.add(lock.kind);
    }
  }
  if (met.has("freeze")) return { of: "claims", mark: "bad", says: "frozen", about: [...met] };
  // Without spans it is the whole certificate that is asked about, and others' offers are no concern of it.
  const weighs = [...met].filter((k) => spans || k === "recourse" || k === "returned");
  return weighs.length > 0 ? { of: "claims", mark: "warn", says: "locked", about: weighs } : { of: "claims", mark: "good", says: "free", about: [] };
}

function paymentCheck(stands: string): Check | null {
  if (stands === "overdue") return { of: "payment", mark: "bad", says: "overdue", about: [] };
  if (stands === "settled") return { of: "payment", mark: "good", says: "settled", about: [] };
  if (stands === "extended") return { of: "payment", mark: "warn", says: "extended", about: [] };
  return ["issued", "active", "partly-paid"].includes(stands) ? { of: "payment", mark: "good", says: "due", about: [] } : null;
}
