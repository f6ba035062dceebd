/** What a bank's own policy says of requests, as its node answers: GET and POST /v1/policy/decisions. */
import type { FinancingKind, InterestMode, Percent, Yuan } from "../../lib/records";

/** What the policy says; the worst of several counts. */
export type PolicyOutcome = "quote" | "refer" | "refuse";

/** A rule that spoke against a plain quote. */
export interface Fired {
  rule: string;
  /** Of a built-in rule: the rule or the price that failed. */
  about?: string;
  dimension?: string;
  then: PolicyOutcome;
  reason: string;
  reasonZh: string;
  /** For whose fen it fired. */
  debtors: string[] | null;
}

/** The price of a quote. */
export interface PolicyTerms {
  kind: FinancingKind;
  basis: number;
  interest: InterestMode;
  rate: Percent;
  advance: Percent;
  fee: Yuan;
  /** 0: the policy does not say. */
  validHours: number;
}

/** Facts by group: owner, enterprise, trade, enhancement, scenario, bank. */
export type Facts = Record<string, Record<string, string | number | boolean>>;

/** What the policy made of a request. */
export interface Decided {
  number: number;
  financing: string;
  version: number;
  /** One for each debtor. */
  facts: Facts[];
  outcome: PolicyOutcome;
  fired: Fired[] | null;
  terms?: PolicyTerms;
  at: string;
}

/** A version of the policy. */
export interface PolicyVersion {
  number: number;
  name: string;
  hash: string;
  by: { member: string; person: string; key: string };
  at: string;
  active?: boolean;
  text?: string;
}

/** What another policy would have made of all decisions so far. */
export interface Compared {
  decisions: number;
  different: number;
  old: Record<PolicyOutcome, number>;
  new: Record<PolicyOutcome, number>;
  differences: { decision: number; financing: string; version: number; old: Side; new: Side }[];
}

/** One side of a difference. */
export interface Side {
  outcome: PolicyOutcome;
  rules: string[] | null;
  terms?: PolicyTerms;
}

/** The latest decision on each financing. */
export function latest(decisions: readonly Decided[]): Map<string, Decided> {
  const by = new Map<string, Decided>();
  for (const d of decisions) {
    const known = by.get(d.financing);
    if (!known || known.number < d.number) by.set(d.financing, d);
  }
  return by;
}

const amounts = ["asked", "owed", "amount", "debtorUsed", "debtorAvailable", "supplierUsed", "supplierAvailable"];
const hundredths = ["verifiedCover", "debtorShareBp"];

/** How a fact is written. */
export function kindOfFact(group: string, name: string): "amount" | "percent" | "member" | "class" | "plain" {
  if (amounts.includes(name)) return "amount";
  if (hundredths.includes(name)) return "percent";
  if (name === "id" || name === "sponsor" || name === "lineBank") return "member";
  return name === "class" && group !== "scenario" ? "class" : "plain";
}
