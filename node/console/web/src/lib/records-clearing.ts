/** Clearings, rules and effects, as chaincode/record has them and the API writes them. */
import type {
  AlertState, CertificateState, Day, FinancingState, Hex, Interval, LockKind, Moment, MoveKind, NoticeKind, Percent,
  Purpose, RunState, SettlementState, WaiverReason, Yuan,
} from "./enums";
import type { Signature } from "./records-value";

/**
 * Run is the clearing of what one debtor owes on one payment date. It begins with the payment date by itself and ends
 * when every fen of it was paid, however late.
 */
export interface Run {
  /** The debtor's code, a hyphen and the date as yyyymmdd. */
  id: string;
  debtor: string;
  payment: Day;
  state: RunState;
  certificates: number;
  tally: Tally;
  /** Rounds so far. */
  rounds: number;
  /** That have confirmed funds, each once. */
  banks: string[];
  openedAt: Moment;
  /** 0 while something is owed. */
  closedAt: Moment | null;
}

/** Tally says where the fen of a run are. Each fen is in one place; the sum is what the debtor owed on the day. */
export interface Tally {
  /** Owed, and in no payment. */
  open: Yuan;
  /** Under a financing that was instructed before the payment date. */
  waiting: Yuan;
  /** In a leg. */
  live: Yuan;
  /** Kept for the payee, whose payment came back or who has no account. */
  returned: Yuan;
  /** In a recourse, a guarantor's payment, or a payment outside of the ledger. */
  aside: Yuan;
  /** Redeemed. */
  paid: Yuan;
}

/**
 * Round is one amount that the debtor's bank has confirmed for a run, and how far its division has come: a claim gets
 * the difference of two cumulative shares, so that the legs sum to the funds exactly.
 */
export interface Round {
  run: string;
  /** From 1. */
  number: number;
  /** What the bank has for it. */
  funds: Yuan;
  /** Open fen over which they are divided. */
  claims: Yuan;
  /** Of the debtor's account. */
  bank: string;
  /** Of the debtor, from which the legs are paid. */
  account: string;
  /** To which late interest is counted. */
  day: Day;
  /** FundsConfirmed. */
  signed: Signature;
  /** Claims divided so far. */
  seen: Yuan;
  /** Of the funds. */
  given: Yuan;
  /** Certificate at which the division goes on. */
  next: string;
  /** Payments made so far. */
  legs: number;
  done: boolean;
}

/**
 * PayeeChoice is the account to which a member's clearings are paid. A new choice takes effect after the cooling-off
 * time; until then the former one does.
 */
export interface PayeeChoice {
  member: string;
  account: string;
  from: Moment;
  /** Account used before, or empty. */
  former: string;
  signed: Signature;
}

/** Consent is a member's signature that an extension needs for some fen. */
export interface Consent {
  member: string;
  /** Its member is empty while it is missing. */
  signed: Signature;
}

/** ExtensionPart is fen whose owner agrees to be paid later. */
export interface ExtensionPart {
  /** That had the fen. */
  holding: number;
  interval: Interval;
  owner: Consent;
  /** Pledgee, guarantor and seller with recourse of the fen. */
  others: Consent[];
  /** When the fen were extended, 0 while a consent is missing. */
  made: Moment | null;
}

/** Extension is a debtor's offer to pay overdue fen of a certificate on a later day. */
export interface Extension {
  id: string;
  certificate: string;
  debtor: string;
  /** Payment date of the fen. */
  from: Day;
  /** New nominal date. */
  maturity: Day;
  /** Rolled to a working day. */
  payment: Day;
  reason: string;
  /** Hash of the agreement. */
  document: Hex;
  /** By the debtor. */
  signed: Signature;
  /** Of the bank whose line backs the certificate; its member is empty when none does. */
  line: Consent;
  /** Members whose worklist has it from the first. */
  asked: string[];
  parts: ExtensionPart[];
  /** Consents are taken before it. */
  until: Moment;
  closed: boolean;
}

/** Waiver is late interest that one creditor has given up. */
export interface Waiver {
  id: string;
  certificate: string;
  debtor: string;
  creditor: string;
  /** On which it had accrued. */
  fen: Yuan;
  /** Interest given up. */
  amount: Yuan;
  reason: WaiverReason;
  /** Of interest that was owed already, or empty. */
  settlement: string;
  /** Whose consent it needs, or empty. */
  pledgee: string;
  /** That had the fen, where it is not interest owed already. */
  holding: number;
  interval: Interval | null;
  signed: Signature;
  /** Of the pledgee. */
  consent: Signature;
  /** When it took effect, 0 while a consent is missing. */
  at: Moment | null;
}

/**
 * AlertAnswer is what an institution or the member concerned says to an alert. The alert itself follows from the
 * ledger's facts and is not stored.
 */
export interface AlertAnswer {
  alert: Hex;
  /** From 1. */
  number: number;
  state: AlertState;
  reason: string;
  signed: Signature;
}

/** Decision is what the rules said of a transaction. */
export interface Decision {
  /** Ordinal of the rule pack in force, 0 when none was asked. */
  pack: number;
  /** Ids of the rules that were looked at, that refused, and that allowed but want to be seen. */
  evaluated: string[];
  failed: string[];
  flagged: string[];
  inputs: RuleInput[];
}

/** RuleInput are the facts on which a rule failed or flagged. */
export interface RuleInput {
  rule: string;
  facts: string;
}

/** Pack is a dated set of parameters of the rules. */
export interface Pack {
  ordinal: number;
  /** First day in force. */
  effective: Day;
  /** The notice or motion it comes from. */
  source: string;
  termOrdinaryMonths: number;
  termCapMonths: number;
  maxTier: number;
  maxPieces: number;
  smallestPiece: Yuan;
  /** Transfers of the same fen on one day. */
  maxHopsPerDay: number;
  /** An offer lapses after so many days. */
  acceptDays: number;
  proposalDays: number;
  /** Order 802 art. 16. */
  confirmDays: number;
  verificationNeeded: boolean;
  /** A verification older than this does not count. */
  verificationDays: number;
  /** Order 802 art. 9. */
  publicBodyDays: number;
  largeToSmeDays: number;
  graceDays: number;
  coolingOffHours: number;
  /** How long a request for financing may stay open. */
  requestDays: number;
  /** What is agreed lapses when it is not instructed. */
  instructDays: number;
  /** An instruction without an advice goes to the worklist. */
  staleHours: number;
  /** A search of the registry older than this does not count. */
  searchHours: number;
  /** For changes and cancellations in the registry. */
  registerDays: number;
  /** Percent a day where no rate was agreed (0.05). */
  lateDaily: Percent;
  /** Beyond the built-in calendar. */
  holidays: Day[];
  workdays: Day[];
  lpr: LprRate[];
}

/** LprRate is the one-year loan prime rate from a date on, percent a year. */
export interface LprRate {
  from: Day;
  rate: Percent;
}

/** CertificateRow is a certificate as the read model lists it. */
export interface CertificateRow {
  number: string;
  debtor: string;
  firstHolder: string;
  face: Yuan;
  issueDate: Day;
  payment: Day;
  reference: string;
  state: CertificateState;
  /** Fen that were paid. */
  redeemed: Yuan;
}

/** HoldingRow is a holding as the read model lists it. */
export interface HoldingRow {
  certificate: string;
  id: number;
  version: number;
  owner: string;
  debtor: string;
  interval: Interval;
  /** How many fen it is. */
  amount: Yuan;
  payment: Day;
  /** Of the certificate. */
  state: CertificateState;
  /** Deepest of its fen. */
  tier: number;
  /** Why fen of it are locked. */
  locks: LockKind[];
  /** Fen under at least one lock. */
  locked: Yuan;
  /** Merged into a neighbour. */
  gone: boolean;
  /** Paid to the owner. */
  redeemed: boolean;
}

/** FinancingRow is a financing as the read model lists it. */
export interface FinancingRow {
  id: string;
  holder: string;
  /** Empty while it takes quotes. */
  funder: string;
  debtors: string[];
  amount: Yuan;
  net: Yuan;
  outstanding: Yuan;
  state: FinancingState;
  /** Of the request, or when the posted rate was taken. */
  at: Moment;
}

/** LegRow is a leg of a run, or the late interest on one, as the read model lists it. */
export interface LegRow {
  /** Of the settlement. */
  id: string;
  purpose: Purpose;
  run: string;
  round: number;
  payer: string;
  payerBank: string;
  payee: string;
  payeeBank: string;
  /** Of the fen when the leg was computed; empty in later reports. */
  owner: string;
  certificate: string;
  amount: Yuan;
  state: SettlementState;
  kept: boolean;
  at: Moment;
}

/** Move is an entry of the lineage: which fen went from whom to whom and why. */
export interface Move {
  kind: MoveKind;
  certificate: string;
  interval: Interval;
  from: string;
  to: string;
  /** Transfer or order id. */
  order: string;
  /** Deepest tier after the move. */
  tier: number;
}

/**
 * NoticeOf tells the named members that something happened to a subject. Opens and Closes name the member whose
 * worklist gains or loses the subject.
 */
export interface Notice {
  kind: NoticeKind;
  /** Certificate number, transfer id, proposal id ... */
  subject: string;
  members: string[];
  amount: Yuan;
  opens: string[];
  closes: string[];
  /** When what was opened lapses, 0 if never. */
  until: Moment | null;
}
