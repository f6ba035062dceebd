/** pathOf is where the console shows a thing; areas keep to it. Null for what has no page of its own. */
export function pathOf(kind: string, id: string): string | null {
  const area: Record<string, string> = {
    certificate: "certificates",
    holding: "holdings",
    transfer: "transfers",
    financing: "finance",
    member: "members",
    proposal: "approvals",
    run: "clearing",
    transaction: "audit/transactions",
    settlement: "finance/settlements",
    pledge: "holdings/pledges",
    order: "bank/orders",
    confirmation: "certificates/confirmations",
    invoice: "issue/invoices",
    contract: "issue/contracts",
    delivery: "issue/deliveries",
    leg: "clearing/legs",
    extension: "clearing/extensions",
  };
  const found = area[kind];
  return found ? `/${found}/${encodeURIComponent(id)}` : null;
}

const kindOf: Record<string, string> = {
  certificate: "certificate",
  transfer: "transfer",
  proposal: "proposal",
  financing: "financing",
  quote: "financing",
  settlement: "settlement",
  confirmation: "confirmation",
  run: "run",
  funds: "run",
  payment: "run",
  extension: "extension",
  pledge: "pledge",
  invoice: "invoice",
  contract: "contract",
  delivery: "delivery",
  member: "member",
  leg: "leg",
  holding: "certificate",
  freeze: "order",
  registration: "financing",
};

/**
 * pathOfNotice is where what a notice is about is shown: notices are named "<thing>.<what happened>". An account is shown
 * to its owner among its own, and to others, who are its bank, at the bank's desk.
 */
export function pathOfNotice(notice: string, subject: string, self = ""): string | null {
  const thing = notice.split(".")[0] ?? "";
  if (thing === "account" || thing === "payee") return subject.split("/")[0] === self ? "/accounts" : "/bank/accounts";
  const kind = kindOf[thing];
  return kind ? pathOf(kind, subject) : null;
}
