/** What the API answers: ledger records with what belongs to them, and the node's own views. */
import type {
  AlertState, CertificateState, Day, Hex, Interval, LockKind, Moment, MoveKind, NoticeKind, Purpose, Quorum,
  SettlementState, Yuan,
} from "./enums";
import type { Account, Certificate, Credential, Holding, Member, PolicyRule } from "./records-trade";
import type {
  CertificateRow, Decision, FinancingRow, HoldingRow, LegRow, Move, Notice, PayeeChoice, Round, Run,
} from "./records-clearing";
import type { Advice, Financing, Quote, Registration, Settlement, Signature } from "./records-value";

/** One page of a list. */
export interface Page<T> {
  items: T[];
  /** Cursor of the next page; left out on the last one. */
  next?: string;
}

/** What anybody may know of a node. */
export interface NodeStatus {
  network: string;
  /** The node's name: the audience of its login tokens. */
  node: string;
  version: string;
  devnet: boolean;
  height: number;
  /** Time of the last block, with a devnet's offset; null before the first. */
  ledgerTime: Moment | null;
  appHash: Hex;
  root: Hex;
  peers: number;
  catchingUp: boolean;
  waiting: number;
  validators: { bank: string; name: string; peer: string; power: number }[];
}

/** Viewer is who asks, and what a client needs to know to offer what is allowed. */
export interface Viewer {
  member: Member;
  credential: Credential;
  /** The member's own pseudonym for the person. */
  person: string;
  /** Registered name of the bank that vouched for the member; empty when none did. */
  sponsorName: string;
  /** The member runs an active validator. */
  validator: boolean;
  /** The member runs this node. */
  ownNode: boolean;
  /** The member reads everything. */
  seesAll: boolean;
  /** The member may have to confirm orders and motions. */
  institution: boolean;
  /** Which functions need a checker of the member, and from which amount. */
  policy: PolicyRule[];
}

/** A certificate with its present holdings. */
export interface CertificateView extends Certificate {
  /** What a reader should notice: matured, offered, financed ... or the id of a rule that flagged the issue. */
  flags: string[];
  /** They tile the face. */
  holdings: Holding[];
}

/** How some fen of a certificate came to an owner. */
export interface Edge {
  kind: MoveKind;
  from: string;
  to: string;
  interval: Interval;
  amount: Yuan;
  tier: number;
  order: string;
  time: Moment;
  txId: Hex;
  height: number;
}

/** What a picture of a certificate is drawn from. */
export interface Tree {
  number: string;
  debtor: string;
  face: Yuan;
  payment: Day;
  state: CertificateState;
  edges: Edge[];
  holdings: Holding[];
  names: Record<string, string>;
  truncated: boolean;
}

/** A move of the lineage with its transaction. */
export interface LineageMove extends Move {
  txId: Hex;
  height: number;
  time: Moment;
}

/** What an accepted transaction reports besides its writes. */
export interface Effects {
  certificates: CertificateRow[];
  holdings: HoldingRow[];
  moves: Move[];
  notices: Notice[];
  financings: FinancingRow[];
  legs: LegRow[];
  decision: Decision;
}

/** What a transaction did, or why it was refused. */
export interface Outcome {
  txId: Hex;
  height: number;
  index: number;
  time: Moment;
  function: string;
  member: string;
  key: Hex;
  /** OK, or why it was refused. */
  code: string;
  rule: string;
  detail: string;
  /** What the function returned. */
  result?: unknown;
  effects: Effects;
}

/** Why a transaction failed. */
export interface Refusal {
  code: string;
  title: string;
  rule?: string;
  detail?: string;
  next?: string;
}

/** What a node knows of a transaction. */
export interface Transaction {
  id: Hex;
  state: "received" | "final" | "failed";
  expires?: number;
  refusal?: Refusal;
  outcome?: Outcome;
}

/** What waits for a member. */
export interface Work {
  member: string;
  subject: string;
  kind: NoticeKind;
  amount: Yuan;
  until: Moment | null;
  since: Moment;
}

/** Something that happened and concerns the viewer. */
export interface Event {
  cursor: string;
  height: number;
  time: Moment;
  kind: NoticeKind;
  subject: string;
  txId: Hex;
  function: string;
  /** Who did it; empty for the ledger's own sweep. */
  member: string;
  amount: Yuan;
  /** When what waits now lapses. */
  until?: Moment;
  /** It now waits for the viewer. */
  opens: boolean;
  /** It waits for the viewer no longer. */
  closes: boolean;
}

/** Something that a search found. */
export interface SearchHit {
  kind: "certificate" | "member" | "transfer" | "financing" | "transaction" | "run" | "proposal";
  id: string;
  title: string;
  note: string;
}

/** A financing with all that belongs to it. */
export interface FinancingView extends Omit<Financing, "quotes" | "registrations"> {
  settlement: Settlement;
  /** All to the holder, a bank's own to a bank. */
  quotes: Quote[];
  /** Entries in the unified registry, in order. */
  registrations: Registration[];
}

/** Sums over legs of a run. */
export interface LegTotal {
  purpose: Purpose;
  payerBank: string;
  payeeBank: string;
  state: SettlementState;
  kept: boolean;
  count: number;
  amount: Yuan;
}

/** A run of a list. */
export interface RunRow extends Run {
  /** Whether the viewer sees all of it; if not, certificates, tally and rounds are zero. */
  whole: boolean;
}

/** A run with its rounds and the sums of its legs. */
export interface RunView extends RunRow {
  funds: Round[];
  totals: LegTotal[];
}

/** A leg with the advice that settled it. */
export interface LegView extends Settlement {
  /** Of the fen when the leg was computed. */
  owner: string;
  advice: Advice | null;
}

/** A member's accounts, with where its clearings are paid. */
export interface AccountsPage extends Page<Account> {
  payee: PayeeChoice | null;
}

/** Which moment of the ledger a report speaks of. */
export interface AsOf {
  height: number;
  time: Moment;
}

/** What a debtor is to pay on one day. */
export interface Rung {
  day: Day;
  days: number;
  workingDays: number;
  mark: string;
  amount: Yuan;
  awaiting: Yuan;
  interest: Yuan;
  sum: Yuan;
  certificates: number;
}

/** What a debtor is to pay, day by day, with what is overdue first. */
export interface Ladder {
  asOf: AsOf;
  debtor: string;
  rungs: Rung[];
}

/** Something about a clearing that somebody must see to. */
export interface ClearingWork {
  kind: string;
  subject: string;
  run: string;
  debtor: string;
  /** Whose turn it is. */
  member: string;
  members: string[];
  amount: Yuan;
  interest: Yuan;
  count: number;
  days: number;
  since: Moment;
  /** What to do, in English and in Chinese. */
  next: string;
  nextZh: string;
}

/** An alert with the answers to it. */
export interface Alert {
  id: Hex;
  rule: string;
  subject: string;
  since: Moment;
  state: AlertState;
  members: string[];
  others: string[];
  facts: { key: string; value: string }[];
  answers: { alert: Hex; number: number; state: AlertState; reason: string; signed: Signature }[];
}

/** What tells one tax invoice from every other. */
export interface InvoiceFacts {
  /** 发票代码, 10 or 12 digits; empty for a fully digital invoice. */
  code?: string;
  /** 发票号码, 8 digits, or 20 for a fully digital invoice. */
  number: string;
  date: Day;
  seller: string;
  buyer: string;
  /** Tax-inclusive. */
  amount: Yuan;
}

/** Fingerprints of invoices, in the order of the facts. */
export interface Fingerprints {
  scheme: number;
  /** The present epoch of the key. */
  epoch: number;
  fingerprints: { fingerprint: Hex | null; earlier?: Hex[]; refusal?: Refusal }[];
}

/** A contract function as the node describes it. */
export interface FunctionInfo {
  name: string;
  /** Who may send it, for people. */
  roles: string;
  /** Whose approval it always needs; null when it may be sent directly. */
  quorum: Quorum | "none" | null;
  proposable: boolean;
  batchable: boolean;
  hasAmount: boolean;
}

/** PaperCheck is what the ledger says of a paper. */
export interface PaperCheck {
  network: string;
  asOf: AsOf;
  certificate: string;
  /** 0: the certificate itself. */
  holding: number;
  debtor: string;
  debtorName: string;
  /** Of the holding; of a certificate: the first holder. */
  holder: string;
  holderName: string;
  interval: Interval;
  amount: Yuan;
  /** Of it: paid. */
  redeemed: Yuan;
  issued: Day;
  payment: Day;
  /** Of the certificate. */
  state: CertificateState;
  /** Claims that rest on the holding. */
  locks: LockKind[];
  /** When the transaction was recorded. */
  recorded: Moment;
  /** Nothing that anybody signed has changed it since; false: ask the holder for a new paper. */
  current: boolean;
}
