/** Makes the arguments of contract functions from what pages know: parts of holdings, invoices, accounts, keys. */
import { type Arguments, type BatchItem, type Call, type CredentialArgument, type IssueArgument, call } from "./arguments";
import { base64, fromBase64, fromUtf8, hex, utf8 } from "./base64";
import { addMonths, instantText } from "./calendar";
import { type Part, costOf, termsTaken } from "./cost";
import { sha256Hex } from "./digest";
import { type EncryptionKey, type EncryptionPublicKey, parseEncryptionKey, sealCommitted } from "./envelope";
import { type Span, intervalText, parseInterval, without } from "./interval";
import { argumentText, signPossession } from "./jws";
import type { SigningKey } from "./keys";
import { type Fen, fenText, maxFen, parseFen, sumFen } from "./money";
import { certificateNumber, parseCertificateNumber } from "./number";
import { type Opened } from "./quote";
import { refuse } from "./problem";
import type {
  Account, Allocation, Certificate, FinancingView, Holding, Invoice, Leg, PersonRole, PostedRate, Proposal, Settlement,
} from "./records";

/** Limits of one operation, as the ledger has them. */
export const maxBatchItems = 500;

/** What of a holding nobody has a claim on, in order of fen. */
export function unlocked(holding: Holding): Span[] {
  if (holding.redeemed) return [];
  return without(parseInterval(holding.interval), holding.locks.map((l) => parseInterval(l.interval)));
}

/** How many fen of a holding nobody has a claim on. */
export function unlockedAmount(holding: Holding): Fen {
  return sumFen(unlocked(holding).map((s) => s.to - s.from + 1n));
}

/**
 * Takes an amount from the low end of what is unlocked of holdings, in the order of the holdings given and within each
 * from its lowest fen. A leg is fen without a gap of one holding. BAD_INTERVAL when less is unlocked.
 */
export function takeLow(holdings: readonly Holding[], amount: Fen): Leg[] {
  const legs: Leg[] = [];
  let left = amount;
  if (amount <= 0n) refuse("BAD_AMOUNT", `${fenText(amount)} is nothing to take`);
  for (const h of holdings) {
    for (const span of unlocked(h)) {
      if (left === 0n) return legs;
      const size = span.to - span.from + 1n;
      const taken = size < left ? size : left;
      const interval = intervalText({ from: span.from, to: span.from + taken - 1n });
      legs.push({ certificate: h.certificate, holding: h.id, version: h.version, interval });
      left -= taken;
    }
  }
  if (left > 0n) refuse("BAD_INTERVAL", `${fenText(left)} more than is unlocked`);
  return legs;
}

/** The sum of legs. */
export function legsAmount(legs: readonly Leg[]): Fen {
  return sumFen(legs.map((l) => parseInterval(l.interval)).map((s) => s.to - s.from + 1n));
}

/** The fen of legs with their payment dates, for costs: payment gives the date of a leg's holding. */
export function partsOf(legs: readonly Leg[], payment: (leg: Leg) => string): Part[] {
  return legs.map((leg) => ({ amount: legsAmount([leg]), payment: payment(leg) }));
}

/** What of an invoice can still be allocated. */
export function remaining(invoice: Pick<Invoice, "amount" | "allocated" | "cancelled">): Fen {
  return parseFen(invoice.amount) - parseFen(invoice.allocated) - parseFen(invoice.cancelled);
}

/** Covers an amount with invoices in the order given, each as far as it goes. BAD_AMOUNT when they do not suffice. */
export function allocate(invoices: readonly Invoice[], amount: Fen): Allocation[] {
  const allocations: Allocation[] = [];
  let left = amount;
  for (const invoice of invoices) {
    const rest = remaining(invoice);
    if (left === 0n || rest <= 0n) continue;
    const taken = rest < left ? rest : left;
    allocations.push({ invoice: invoice.fingerprint, amount: fenText(taken) });
    left -= taken;
  }
  if (left > 0n) refuse("BAD_AMOUNT", `the invoices cover ${fenText(left)} too little`);
  return allocations;
}

/**
 * The next free number of a debtor's certificates on a day, given the numbers it has used. Two people of a debtor who
 * number at the same time may meet: the ledger refuses the second, and the next try gets the next number.
 */
export function nextNumber(debtor: string, day: string, used: readonly string[]): string {
  const sequences = used.map(parseCertificateNumber).filter((n) => n?.debtor === debtor && n.issued === day);
  return certificateNumber(debtor, day, 1 + Math.max(0, ...sequences.map((n) => n?.sequence ?? 0)));
}

/** A certificate to be issued in CNY. */
export function issue(a: Omit<IssueArgument, "currency">): Call<"certificate:Issue"> {
  return call("certificate:Issue", { ...a, currency: "CNY" });
}

/** Chooses an opened quote. The net is computed here and compared by the ledger; TERMS_INVALID, AMOUNT_OVERFLOW. */
export function select(financing: string, bank: string, opened: Opened, parts: readonly Part[]): Call<"financing:Select"> {
  const net = costOf(opened.terms, parts).net;
  return call("financing:Select", { id: financing, bank, salt: opened.salt, terms: opened.terms, net });
}

/** Takes a posted rate for legs on the ledger's today. */
export function takeRate(
  rate: PostedRate, legs: Leg[], parts: readonly Part[], account: string, today: string,
): Call<"financing:TakeRate"> {
  const net = costOf(termsTaken(rate.terms, today, rate.valueDays), parts).net;
  return call("financing:TakeRate", { bank: rate.bank, rate: rate.id, terms: rate.terms, legs, account, net });
}

/** The advice of a bank, or the payee's confirmation, for a settlement: everything as the settlement has it. */
export function adviceOf(settlement: Settlement, reference: string, credited: string): Arguments["settlement:Advise"] {
  const { id, amount, payer, payerAccount, payee, payeeAccount } = settlement;
  return { settlement: id, reference, amount, payer, payerAccount, payee, payeeAccount, credited };
}

/** The message of a bank about a leg that was paid or accepted. */
export function reportOf(
  leg: Settlement, says: "accepted" | "paid", reference: string, at: string,
): Call<"clearing:Report"> {
  const { id, amount, payer, payerAccount, payee, payeeAccount } = leg;
  return call("clearing:Report", { leg: id, says, reference, amount, payer, payerAccount, payee, payeeAccount, at });
}

/** The message of a bank about a leg that it could not pay, or whose money went back. */
export function rejectionOf(leg: string, says: "rejected" | "returned", reason: string, evidence = ""): Call<"clearing:Report"> {
  return call("clearing:Report", { leg, says, reason, ...(evidence ? { evidence } : {}) });
}

/** A bank account as people know it. It is never on the ledger in the clear. */
export interface AccountText {
  number: string;
  name: string;
}

/** Binds a sealed account to its place on the ledger. */
export function accountContext(member: string, id: string): string {
  return `tierledger account ${member}/${id}`;
}

/** Seals an account for its member and its bank: the argument of member:ProposeAccount. BAD_KEY. */
export async function sealAccount(
  member: string, id: string, bank: string, account: AccountText, recipients: readonly EncryptionPublicKey[],
): Promise<Call<"member:ProposeAccount">> {
  const text = JSON.stringify({ number: account.number, name: account.name });
  const { commitment, sealed } = await sealCommitted(utf8(text), utf8(accountContext(member, id)), recipients);
  return call("member:ProposeAccount", { id, bank, commitment: hex(commitment), sealed: base64(sealed) });
}

/** Reads a registered encryption key of a member; null when it has registered none. */
export async function registeredKey(encryption: string): Promise<EncryptionPublicKey | null> {
  return encryption === "" ? null : parseEncryptionKey(fromBase64(encryption));
}

/** Opens a sealed account and compares it with the commitment. CLIENT_SEALED, CLIENT_COMMITMENT. */
export async function openAccount(account: Account, key: EncryptionKey): Promise<AccountText> {
  const commitment = Uint8Array.from(account.commitment.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  const context = utf8(accountContext(account.member, account.id));
  const plaintext = fromUtf8(await key.openCommitted(fromBase64(account.sealed), context, commitment));
  try {
    const text = JSON.parse(plaintext) as Partial<AccountText>;
    return { number: String(text.number ?? ""), name: String(text.name ?? "") };
  } catch {
    return refuse("CLIENT_SEALED", "it opens and is no account");
  }
}

/** A key to be registered for a person, with the proof of possession. It is valid for so many years from now on. */
export async function credentialOf(
  key: SigningKey, of: { network: string; member: string; person: string; roles: PersonRole[] }, now: number, years = 5,
): Promise<CredentialArgument> {
  const start = instantText(now);
  return {
    person: of.person,
    roles: of.roles,
    publicKey: base64(key.spki),
    possession: base64(await signPossession(key, of.network, of.member, of.person)),
    notBefore: start,
    notAfter: addMonths(start.slice(0, 10), 12 * years) + start.slice(10),
  };
}

/** Puts a call into a proposal. The counterparty is named where the function's own argument does not name it. */
export function propose(of: Call | BatchItem, counterparty?: string, expires?: string): Call<"approval:Propose"> {
  return call("approval:Propose", {
    function: of.function, argument: JSON.parse(argumentText(of.argument)) as object,
    ...(expires ? { expires } : {}), ...(counterparty ? { counterparty } : {}),
  });
}

/** Approves a proposal whose argument was shown: MANIFEST_MISMATCH when its digest is not what would be signed. */
export async function approve(proposal: Proposal): Promise<Call<"approval:Approve">> {
  await checkManifest(proposal);
  return call("approval:Approve", { id: proposal.id, manifest: proposal.manifest });
}

/** Compares the argument of an open proposal with its digest. */
export async function checkManifest(proposal: Proposal): Promise<void> {
  if ((await sha256Hex(proposal.argument)) !== proposal.manifest) refuse("MANIFEST_MISMATCH", `proposal ${proposal.id}`);
}

/** Puts calls into as few batches as the ledger takes. */
export function batches(calls: readonly (Call | BatchItem)[]): Call<"batch:Run">[] {
  const list: Call<"batch:Run">[] = [];
  for (let at = 0; at < calls.length; at += maxBatchItems) {
    const items = calls.slice(at, at + maxBatchItems).map((c) => ({ function: c.function as string, argument: c.argument as object }));
    list.push(call("batch:Run", { items }));
  }
  return list;
}

/** What never needs a checker by policy: deciding on proposals, and ending a key. */
const unchecked = ["approval:Approve", "approval:Refuse", "approval:Withdraw", "approval:Propose", "member:RevokeCredential", "devnet:Advance"];

/**
 * What a call is worth to a member's policy: the sum of its legs, the volume of a standing offer, or the amount it names.
 * null when only the record that it names says so.
 */
export function policyAmount(name: string, argument: object): Fen | null {
  const a = argument as { leg?: Leg | string; legs?: Leg[]; volume?: string; face?: string; cap?: string; limit?: string; amount?: string };
  if (a.legs && a.legs.length > 0) return legsAmount(a.legs);
  if (a.leg && typeof a.leg !== "string") return legsAmount([a.leg]);
  if (name === "financing:PostRate" || name === "financing:PostDiscount") {
    return a.volume && a.volume !== "0.00" ? parseFen(a.volume) : maxFen;
  }
  const named = a.face ?? a.cap ?? a.limit ?? a.amount;
  return named === undefined ? null : parseFen(named);
}

/**
 * Whose approval a call needs: the quorum of the function itself, else "checker" when the member's own policy asks for
 * one from this amount, else null: it can be sent directly. A rule for the function goes before the rule for any ("*").
 * With an amount that is not known (null) only a rule that always asks counts; the ledger then says APPROVAL_REQUIRED.
 */
export function needsProposal(
  name: string, amount: Fen | null, policy: readonly { function: string; from: string }[], quorum?: string | null,
): string | null {
  if (quorum && quorum !== "none") return quorum;
  if (unchecked.includes(name)) return null;
  const rule = policy.find((r) => r.function === name) ?? policy.find((r) => r.function === "*");
  if (!rule) return null;
  const from = parseFen(rule.from);
  return from <= 1n || (amount !== null && amount >= from) ? "checker" : null;
}

/** The payment date of each leg of a financing, by certificate. */
export function paymentsOf(financing: FinancingView, certificates: readonly Certificate[]): Part[] {
  const dates = new Map(certificates.map((c) => [c.number, c.payment]));
  return partsOf(financing.settlement.legs, (leg) => dates.get(leg.certificate) ?? refuse("BAD_DATE", leg.certificate));
}
