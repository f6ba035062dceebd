/** The policy of dual control as people edit it. */
import { type Fen, fenText, parseFen } from "../../lib/money";
import type { FunctionInfo, PolicyRule } from "../../lib/records";

/** Stands for every function without a rule of its own. */
export const anyFunction = "*";

/** The most rules that a policy has. */
export const maxRules = 64;

/** DraftRule is a rule that is being edited; from is null for always. */
export interface DraftRule {
  function: string;
  from: Fen | null;
}

/** draftOf makes rules editable. */
export function draftOf(rules: readonly PolicyRule[]): DraftRule[] {
  return rules.map((r) => ({ function: r.function, from: parseFen(r.from) <= 1n ? null : parseFen(r.from) }));
}

/** rulesOf are the rules as the ledger takes them: in order of function, each once. */
export function rulesOf(draft: readonly DraftRule[]): PolicyRule[] {
  return [...draft]
    .sort((a, b) => (a.function < b.function ? -1 : a.function > b.function ? 1 : 0))
    .map((r) => ({ function: r.function, from: r.from === null ? "0.00" : fenText(r.from) }));
}

/** checkable are the functions for which a policy can ask for a checker: neither decisions nor those that always need somebody. */
export function checkable(functions: Map<string, FunctionInfo>): string[] {
  const free = [...functions.values()].filter((f) => f.proposable && (f.quorum === null || f.quorum === "none"));
  return free.map((f) => f.name).filter((name) => !/^(approval|devnet|sweep):/.test(name) && name !== "member:RevokeCredential").sort();
}

/** samePolicy reports whether two policies ask for the same. */
export function samePolicy(a: readonly PolicyRule[], b: readonly PolicyRule[]): boolean {
  const text = (rules: readonly PolicyRule[]): string => JSON.stringify(rulesOf(draftOf(rules)));
  return text(a) === text(b);
}
