/** Where people of each role go most. */
import type { PersonRole, Role } from "../../lib/records";

/** A way to a page; its text is home:go.<key>. */
export interface Shortcut {
  key: "issue" | "batch" | "transfer" | "finance" | "accept" | "approvals" | "quotes" | "clearing" | "lines" | "audit" | "alerts" | "evidence" | "settings";
  to: string;
}

const most = 5;

/** shortcutsOf lists a person's shortcuts, what it does most first. */
export function shortcutsOf(roles: readonly Role[], person: readonly PersonRole[], seesAll: boolean): Shortcut[] {
  const list: Shortcut[] = [];
  const maker = person.includes("maker");
  if (person.includes("checker")) list.push({ key: "approvals", to: "/approvals" });
  if (maker && roles.includes("debtor")) list.push({ key: "batch", to: "/batch" }, { key: "issue", to: "/issue" });
  if (maker && roles.includes("holder")) list.push({ key: "transfer", to: "/transfers/new" }, { key: "finance", to: "/finance/new" }, { key: "accept", to: "/certificates?view=accept" });
  if (roles.includes("funder")) list.push({ key: "quotes", to: "/bank" }, { key: "clearing", to: "/clearing" }, { key: "lines", to: "/bank/lines" });
  if (seesAll) list.push({ key: "audit", to: "/audit" }, { key: "alerts", to: "/audit/alerts" });
  if (list.length === 0 && person.includes("admin")) list.push({ key: "settings", to: "/settings" });
  return list.slice(0, most);
}
