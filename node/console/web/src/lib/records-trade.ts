/** Members, certificates, what they rest on, and proposals, as chaincode/record has them and the API writes them. */
import type {
  AccountState, Base64, CertificateState, Class, ConfirmationState, Day, Hex, Interval, LockKind, MemberState,
  Moment, OrderKind, OrderState, Percent, PersonRole, PledgeState, ProposalState, Quorum, Role, TransferState,
  VerificationKind, Yuan,
} from "./enums";

/** Member is an enterprise on the network. */
export interface Member {
  /** Unified social credit code, 18 characters (GB 32100-2015). */
  id: string;
  /** Registered name. */
  name: string;
  class: Class;
  roles: Role[];
  state: MemberState;
  /** The bank that vouched; empty when the genesis or the banks together admitted it. */
  sponsor: string;
  /** ISO 17442, or empty. */
  lei: string;
  /** Credentials with the admin role that are not revoked. */
  admins: number;
  /** Public key for documents sealed to this member, or empty. */
  encryption: Base64;
  enrolled: Moment;
}

/**
 * Credential is a registered public key of one person of a member. The id is the SHA-256 of the key's
 * SubjectPublicKeyInfo.
 */
export interface Credential {
  id: Hex;
  member: string;
  /** The member's own pseudonym for the person; never a name. */
  person: string;
  roles: PersonRole[];
  /** Crypto/credential's number of the signature algorithm. */
  algorithm: number;
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Base64;
  /** SHA-256 of a licensed authority's X.509 document, or zero. */
  attached: Hex | null;
  notBefore: Moment;
  notAfter: Moment;
  /** 0 while not revoked. */
  revokedAt: Moment | null;
  /** Hash of the document on which an admin was recovered, or zero. */
  request: Hex | null;
}

/**
 * Account is a member's bank account. The number itself is never on the ledger: only a salted commitment and a
 * ciphertext for those who need it.
 */
export interface Account {
  member: string;
  id: string;
  /** Member id of the account's bank. */
  bank: string;
  commitment: Hex;
  /** Envelope for the member and the bank. */
  sealed: Base64;
  state: AccountState;
  /** Of the present state. */
  since: Moment;
  /** End of the cooling-off time. */
  usableFrom: Moment | null;
}

/** PolicyRule requires a checker for a function from an amount upwards (fen; 1 or less means always). */
export interface PolicyRule {
  function: string;
  from: Yuan;
}

/** Certificate is one issued promise of a debtor to pay Face fen on Payment. Its holdings always tile [1, Face]. */
export interface Certificate {
  number: string;
  debtor: string;
  firstHolder: string;
  face: Yuan;
  /** CNY. */
  currency: string;
  /** Asia/Shanghai. */
  issueDate: Day;
  /** Nominal date, to which the term cap applies. */
  maturity: Day;
  /** Maturity rolled to a working day. */
  payment: Day;
  /** The debtor's own payment reference. */
  reference: string;
  /** Trade contract. */
  contract: string;
  /** Bank of the credit line, or empty. */
  bank: string;
  /** Credit line, or empty. */
  line: string;
  green: boolean;
  /** Hash of the evidence for the green tag, or zero. */
  greenProof: Hex | null;
  allocations: Allocation[];
  state: CertificateState;
  /** Ordinal of the rule pack at issue. */
  pack: number;
  issuedAt: Moment;
  /** 0 while an order suspends the clock. */
  acceptBy: Moment | null;
  /** Accepted, rejected, withdrawn, lapsed; then void. */
  endedAt: Moment | null;
  /** Live holdings. */
  pieces: number;
  /** Id of the next piece cut. */
  nextHolding: number;
  /** Time left to accept when an order suspended the clock. */
  leftMillis: number;
  /** Fen that were paid. */
  redeemed: Yuan;
  /** Of the redeemed fen: given up for an early payment. */
  discount: Yuan;
  /** Late interest that the contract agrees, percent a year; 0: the statutory rate a day. */
  lateRate: Percent;
  /** Late interest that became owed. */
  accrued: Yuan;
  /** Of it: paid. */
  interest: Yuan;
  /** Of it: given up by its creditors. */
  waived: Yuan;
  /** Latest payment date at which fen entered a run, 0 before the first. */
  entered: Day | null;
  /** Fen that are to be paid on a later day and were not paid yet. */
  extended: Yuan;
  /** The latest such day. */
  extendedTo: Day | null;
}

/** Lock is a claim that rests on part of a holding. Locks of a holding are ordered: the first has priority. */
export interface Lock {
  kind: LockKind;
  interval: Interval;
  /** Id of the proposal, transfer, pledge or order. */
  order: string;
  /** Member id of the other side, or empty. */
  counterpart: string;
  at: Moment;
}

/**
 * TierSpan says which tier the fen up to and including To have. The spans of a holding are in order and the last one
 * ends where the holding ends.
 */
export interface TierSpan {
  to: Yuan;
  /** 1 for the first holder. */
  tier: number;
}

/** Claim is what must be equal for two holdings to be merged. */
export interface Claim {
  /** On which the fen are to be paid: the certificate's date, or a later one when they were extended. */
  payment: Day | null;
  /** Seller who stands behind the claim, or empty. */
  recourse: string;
  guarantor: string;
  /** Under which the fen are with a bank or pledged to it, or empty. */
  financing: string;
}

/**
 * Holding is a contiguous interval of fen of one certificate with one owner. The id is stable; the version rises
 * whenever its fen, its owner or its terms change. Locks leave the version alone: they are checked fen by fen.
 */
export interface Holding {
  certificate: string;
  id: number;
  version: number;
  owner: string;
  interval: Interval;
  tiers: TierSpan[];
  locks: Lock[];
  claim: Claim;
  /** Day of the latest transfer. */
  hopDay: Day | null;
  /** Transfers of these fen on that day. */
  hops: number;
  since: Moment;
  /** When its fen were paid, 0 while they are owed. */
  redeemed: Moment | null;
  /** From when overdue fen bear late interest; 0: from the payment date. */
  accrues: Day | null;
}

/** Leg is the part of one holding that a transfer or pledge takes. */
export interface Leg {
  certificate: string;
  holding: number;
  version: number;
  interval: Interval;
}

/** Transfer is one payment with parts of one or more certificates, all or nothing. */
export interface Transfer {
  id: string;
  from: string;
  to: string;
  /** The sender's payment reference. */
  reference: string;
  amount: Yuan;
  legs: Leg[];
  allocations: Allocation[];
  state: TransferState;
  offeredAt: Moment;
  /** 0 while an order suspends the clock. */
  lapsesAt: Moment | null;
  /** On acceptance also the arrival of the notice of assignment. */
  endedAt: Moment | null;
  /** Time left when the clock was suspended. */
  leftMillis: number;
}

/** Pledge is a registered security interest in part of a holding (Civil Code 445). */
export interface Pledge {
  id: string;
  pledgor: string;
  pledgee: string;
  leg: Leg;
  /** Amount secured. */
  secured: Yuan;
  /** Number in the unified registry (中登网). */
  registration: string;
  document: Hex;
  state: PledgeState;
  at: Moment;
  endedAt: Moment | null;
  /** Money of legs, under way, kept or paid, that goes to the pledgee. */
  cleared: Yuan;
}

/**
 * Order is an instrument of a court or regulator, entered by one institution and confirmed by another. A freeze takes
 * what the target still owns; Shortfall is the rest.
 */
export interface Order {
  id: string;
  kind: OrderKind;
  /** Name of the court or authority. */
  authority: string;
  document: Hex;
  /** Number of the instrument. */
  docket: string;
  target: string;
  /** Of a transfer, or empty. */
  receiver: string;
  certificates: string[];
  amount: Yuan;
  taken: Yuan;
  shortfall: Yuan;
  enteredBy: string;
  confirmedBy: string;
  state: OrderState;
  at: Moment;
  endedAt: Moment | null;
  /** Of a freeze: fen that courts' transfers have taken from under it. */
  moved: Yuan;
}

/** Confirmation is a supplier's request that a debtor confirm what it owes. */
export interface Confirmation {
  id: string;
  creditor: string;
  debtor: string;
  contract: string;
  amount: Yuan;
  askedAt: Moment;
  dueAt: Moment;
  state: ConfirmationState;
  reason: string;
  endedAt: Moment | null;
}

/**
 * Proposal is an operation that waits for approval. What it needs is held until it is decided, so that an approval
 * never meets other fen than the maker saw.
 */
export interface Proposal {
  id: string;
  member: string;
  function: string;
  /** Canonical JSON; empty once decided. */
  argument: string;
  /** SHA-256 of the canonical argument. */
  manifest: Hex;
  maker: Approval;
  quorum: Quorum;
  /** For QuorumCounterparty. */
  counterparty: string;
  amount: Yuan;
  approvals: Approval[];
  holds: Hold[];
  proposed: Moment;
  expires: Moment;
  state: ProposalState;
  /** Name of the code with which execution was refused. */
  refusal: string;
}

/** Approval is one person's signature under a proposal. */
export interface Approval {
  member: string;
  person: string;
  key: Hex;
  at: Moment;
}

/** Hold is something set aside for an open proposal. */
export interface Hold {
  /** 1: fen, 2: a credit line, 3: an invoice. */
  kind: number;
  /** HoldInterval. */
  certificate: string;
  /** HoldInterval: the holding that had the fen when they were held. */
  holding: number;
  /** HoldInterval; fen keep their place when a holding is cut. */
  interval: Interval | null;
  /** HoldLine. */
  bank: string;
  /** HoldLine. */
  line: string;
  /** HoldInvoice. */
  invoice: Hex | null;
  amount: Yuan;
}

/**
 * Line is a bank's credit line for a debtor. Available is Limit less Used less Reserved, or 0 when a cut left less
 * than that (OverLimit).
 */
export interface Line {
  bank: string;
  id: string;
  debtor: string;
  /** Id of the bank's group cap, or empty. */
  group: string;
  limit: Yuan;
  used: Yuan;
  reserved: Yuan;
  from: Day;
  /** Last day on which it can be reserved. */
  to: Day;
  frozen: boolean;
}

/** Group is a bank's cap over several lines, which may lie inside a wider cap. */
export interface Group {
  bank: string;
  id: string;
  /** Wider group, or empty. */
  parent: string;
  cap: Yuan;
  /** Sum over all lines below it. */
  used: Yuan;
  reserved: Yuan;
}

/** Stop is a bank's attestation that a debtor may not issue. */
export interface Stop {
  debtor: string;
  bank: string;
  reason: string;
  /** Hash of what the bank saw. */
  document: Hex;
  since: Moment;
  /** Null while it is in force. */
  lifted: Moment | null;
}

/** TermReview is a bank's word for a term above the ordinary cap, for one certificate that is issued later. */
export interface TermReview {
  certificate: string;
  /** A certificate has this number. */
  issued: boolean;
  bank: string;
  debtor: string;
  face: Yuan;
  maturity: Day;
  reason: string;
  at: Moment;
}

/** TradeContract is the sale or service contract behind invoices. */
export interface TradeContract {
  id: string;
  buyer: string;
  seller: string;
  /** Hash of the document. */
  document: Hex;
  signed: Day;
  /** Tax-inclusive, or 0 for a framework contract. */
  amount: Yuan;
  /** Agreed payment term after delivery, days. */
  termDays: number;
  /** A clause agrees to payment by certificate. */
  agreed: boolean;
  /** The seller's class at the contract date. */
  sellerClass: Class;
  recorded: Moment;
  /** The buyer's class at the contract date. */
  buyerClass: Class;
  /** Which of the two recorded it. */
  recordedBy: string;
  /** Late interest agreed, percent a year; 0: none. */
  lateRate: Percent;
}

/** Delivery is the buyer's acceptance of goods or services. */
export interface Delivery {
  id: string;
  contract: string;
  buyer: string;
  seller: string;
  document: Hex;
  accepted: Day;
  amount: Yuan;
  recorded: Moment;
}

/**
 * Invoice is a tax invoice, known on the ledger only by a keyed fingerprint. What can still be allocated is Amount
 * less Allocated less Cancelled.
 */
export interface Invoice {
  /** HMAC-SHA256 under the banks' shared key. */
  fingerprint: Hex;
  /** 1: HMAC-SHA256 over the normalised invoice facts. */
  scheme: number;
  /** Of the key. */
  epoch: number;
  seller: string;
  buyer: string;
  contract: string;
  /** Or empty. */
  delivery: string;
  /** Tax-inclusive. */
  amount: Yuan;
  date: Day;
  /** 0 when the invoice names none. */
  due: Day | null;
  allocated: Yuan;
  /** By red-letter invoices. */
  cancelled: Yuan;
  /** Their documents, in order of recording. */
  redLetters: Hex[];
  verified: Verification;
  recordedBy: string;
  recorded: Moment;
}

/** Verification is the latest signed attestation about an invoice. */
export interface Verification {
  /** The attesting bank, empty when there is none. */
  bank: string;
  kind: VerificationKind | null;
  good: boolean;
  /** Hash of what was seen, for example the tax service's answer. */
  document: Hex | null;
  at: Moment | null;
}

/** Allocation is the part of an invoice that covers a payment. */
export interface Allocation {
  invoice: Hex;
  amount: Yuan;
}
