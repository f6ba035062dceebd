/** Whose turn a proposal is, as far as it can be told from the proposal: the ledger decides. */
import type { Session } from "../../app/session";
import type { Proposal } from "../../lib/records";

/** Why somebody cannot approve; keys of approvals.json. */
export type Bar = "closed" | "own" | "done" | "checker" | "admin" | "officer" | "other";

/** How a person stands to a proposal. */
export interface Standing {
  /** mine: this person's approval is wanted; ours: it waits for others; over: it is decided. */
  turn: "mine" | "ours" | "over";
  bar?: Bar;
  /** May take it back. */
  withdraws: boolean;
  /** May refuse it; nobody refuses a motion of the banks. */
  refuses: boolean;
}

type Who = Pick<Session, "identity" | "viewer" | "may"> & { member: { id: string } };

/** standing says how a person stands to a proposal. */
export function standing(p: Proposal, who: Who): Standing {
  if (p.state !== "open") return { turn: "over", bar: "closed", withdraws: false, refuses: false };
  const inside = p.member === who.member.id;
  const withdraws = inside && (who.may("maker", "admin") || p.maker.key === who.identity.kid);
  const bar = barOf(p, who, inside);
  return bar ? { turn: "ours", bar, withdraws, refuses: false } : { turn: "mine", withdraws, refuses: p.quorum !== "banks" };
}

function barOf(p: Proposal, who: Who, inside: boolean): Bar | undefined {
  const same = (a: { member: string; key: string; person: string }): boolean => a.key === who.identity.kid || (a.member === who.member.id && a.person === who.viewer.person);
  if (same(p.maker)) return "own";
  if (p.approvals.some(same)) return "done";
  if (p.quorum === "checker") return !inside ? "other" : who.may("checker") ? undefined : "checker";
  if (p.quorum === "admins" && inside) return who.may("admin") ? undefined : "admin";
  if (inside && p.quorum === "institution" && !asksChecker(p, who)) return "other";
  if (p.quorum === "counterparty" && !inside && p.counterparty !== who.member.id) return "other";
  if (inside) return !asksChecker(p, who) ? "other" : who.may("checker") ? undefined : "checker";
  return who.may("maker", "checker") ? undefined : "officer";
}

/** asksChecker says whether the member's own policy wants a second person of it for the function. */
function asksChecker(p: Proposal, who: Who): boolean {
  const rules = who.viewer.policy;
  return rules.some((r) => r.function === p.function || r.function === "*");
}
