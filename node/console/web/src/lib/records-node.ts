/** What a node keeps besides the ledger: notifications, invitations, enrolments, files and batches in preparation. */
import type {
  Base64, Day, Hex, Moment, NoticeKind, PersonRole, Role, Yuan,
} from "./enums";
import type { EnrolArgument, IssueArgument, RecoverArgument } from "./arguments";
import type { Event } from "./records-answers";

/** What a person can be told of by a message. */
export const topics = ["offer", "accept", "quote", "request", "approval", "maturity", "failed", "overdue", "lapse", "account"] as const;
/** One of topics. */
export type Topic = (typeof topics)[number];

/** What becomes of a delivery or a message. */
export type DeliveryState = "waiting" | "delivered" | "dead";

/** Kinds of records to which a file can belong. */
export const attachmentKinds = ["contract", "delivery", "invoice", "certificate", "batch-row"] as const;
/** One of attachmentKinds. */
export type AttachmentKind = (typeof attachmentKinds)[number];

/** Partner is a member by code and name. */
export interface Partner {
  /** Social credit code. */
  id: string;
  /** Registered name. */
  name: string;
}

/** Author is the person who did something, of the webhook's member. */
export interface Author {
  person: string;
  /** Credential with which the person logged in. */
  key: Hex;
}

/** Webhook is where a member's events are delivered. */
export interface Webhook {
  id: string;
  member: string;
  url: string;
  /** Only events of these kinds; empty for all. */
  kinds: NoticeKind[];
  state: "unconfirmed" | "in-force";
  createdBy: Author;
  createdAt: Moment;
  confirmedBy?: Author;
  confirmedAt?: Moment;
}

/** WebhookMade is a webhook with its secret, which is shown this once. */
export interface WebhookMade extends Webhook {
  /** Signs the deliveries; it is not shown again. */
  secret: string;
}

/** WebhookDelivery is one event on its way to a webhook. */
export interface WebhookDelivery {
  /** From 1 for each webhook, in the order of the events. */
  number: number;
  event: Event;
  state: "waiting" | "delivered" | "dead";
  attempts: number;
  /** When the node took it up. */
  at: Moment;
  /** Of the last attempt. */
  lastAt?: Moment;
  /** Of the next attempt, while it waits. */
  nextAt?: Moment;
  /** HTTP status of the last answer. */
  status?: number;
  /** Why the last attempt failed. */
  fault?: string;
}

/** WebhookTrial is what came of a test. */
export interface WebhookTrial {
  delivered: boolean;
  /** HTTP status of the answer. */
  status?: number;
  fault?: string;
}

/** Contact is how and of what a person wants to be told. Without any address the person is told nothing. */
export interface Contact {
  email?: string;
  /** For text messages: digits, with a + before the country. */
  phone?: string;
  /** User id in 企业微信. */
  wecom?: string;
  language: "zh" | "en";
  /** What to be told of; empty for all. */
  kinds: ("offer" | "accept" | "quote" | "request" | "approval" | "maturity" | "failed" | "overdue" | "lapse" | "account")[];
}

/** ContactView is a person's contact with what the node can do with it. */
export interface ContactView extends Contact {
  /** On which this node can send: email, sms, wecom. */
  channels: string[];
}

/** Message is one message to one person. */
export interface Message {
  /** From 1 for each person. */
  number: number;
  topic: "offer" | "accept" | "quote" | "request" | "approval" | "maturity" | "failed" | "overdue" | "lapse" | "account";
  channel: "email" | "sms" | "wecom";
  to: string;
  language: "zh" | "en";
  title: string;
  /** Without title and link. */
  text: string;
  link: string;
  /** Cursor of the event, or the due date of which it tells. */
  event: string;
  state: "waiting" | "delivered" | "dead";
  attempts: number;
  at: Moment;
  /** Of the last attempt. */
  lastAt?: Moment;
  /** Of the next attempt, while it waits. */
  nextAt?: Moment;
  /** Why the last attempt failed. */
  fault?: string;
}

/** InvitationMade is a new invitation with its token, which is not kept. */
export interface InvitationMade {
  id: string;
  /** Given this once. */
  token: string;
  /** To be sent to the enterprise: whoever has it may use the invitation. */
  link: string;
  expires: Moment;
}

/** Invitation is an invitation as its inviter sees it. */
export interface Invitation {
  id: string;
  name: string;
  /** Social credit code, where the inviter said it. */
  member?: string;
  roles: Role[];
  email?: string;
  note?: string;
  language: string;
  /** Who of your member invited. */
  person: string;
  at: Moment;
  expires: Moment;
  /** Waiting: it was used, and the bank has not decided yet. */
  state: "open" | "waiting" | "enrolled" | "refused" | "revoked" | "expired";
}

/** Invited is an invitation as the enterprise that has its link sees it. */
export interface Invited {
  inviter: Partner;
  /** By which the inviter knows you. */
  name: string;
  /** Social credit code for which the invitation is, where the inviter said it. */
  member?: string;
  roles: Role[];
  note?: string;
  language: string;
  /** Signed in the proofs of possession. */
  network: string;
  /** Whose people decide: the bank that runs this node. */
  bank: Partner;
  expires: Moment;
  state: "open" | "waiting" | "enrolled" | "refused" | "revoked" | "expired";
}

/** PersonKey is a key that one person made. */
export interface PersonKey {
  /** Your own pseudonym for the person, never a name: it is on the ledger for ever. */
  person: string;
  /** Maker, checker or admin; an admin is neither maker nor checker. */
  roles: PersonRole[];
  /** SubjectPublicKeyInfo, DER, in base64. */
  publicKey: Base64;
  /** Proof of possession: the key's signature for network, member and person, in base64. */
  possession: Base64;
  /** Today when left out. */
  notBefore?: Moment;
  /** 730 days later when left out. */
  notAfter?: Moment;
  /** SHA-256 of a licensed authority's X.509 document. */
  attached?: Hex;
}

/** Applied is what an enterprise keeps of its enrolment. */
export interface Applied {
  reference: string;
  /** 8 digits over the keys: make them from your own keys, and tell them to the bank when it calls. */
  pairing: string;
  state: "waiting" | "enrolled" | "refused";
  /** Why it was refused. */
  reason?: string;
}

/** DeskPerson is who does something for which member. */
export interface DeskPerson {
  member: string;
  /** The member's own pseudonym for the person. */
  person: string;
  /** Credential with which the person logged in. */
  key: Hex;
}

/** DeskRefusal is why the bank's people turned a request down. */
export interface DeskRefusal {
  by: DeskPerson;
  at: Moment;
  reason: string;
}

/** EnrolmentRow is an enrolment in the bank's list. */
export interface EnrolmentRow {
  reference: string;
  /** Social credit code. */
  member: string;
  name: string;
  inviter: Partner;
  /** The name by which the inviter knows the enterprise. */
  invited: string;
  at: Moment;
  state: "waiting" | "enrolled" | "refused";
  /** The member is on the ledger; while the enrolment waits, with other keys than these. */
  known: boolean;
}

/** EnrolmentView is an enrolment with what the bank signs. */
export interface EnrolmentView extends EnrolmentRow {
  contact: string;
  documents: Hex[];
  /** 8 digits over the keys, to be compared by telephone before signing. */
  pairing: string;
  /** Ids of the credentials' keys, in their order. */
  keys: Hex[];
  /** What a maker of the bank signs. */
  function: string;
  /** Exactly what is signed. */
  argument: EnrolArgument;
  refusal?: DeskRefusal;
}

/** Pleaded is what who asked keeps of a request. */
export interface Pleaded {
  /** Keep it: with it you see what became of the request. */
  reference: string;
  /** 8 digits over the key: make them from your own key, and tell them to the bank when it calls. */
  pairing: string;
  state: "waiting" | "recovered" | "refused" | "expired";
  /** Why it was refused. */
  reason?: string;
}

/** RecoveryRow is a request to recover a key in the bank's list. */
export interface RecoveryRow {
  reference: string;
  /** Without a name when it is not on the ledger. */
  member: Partner;
  /** The member is on the ledger. */
  known: boolean;
  /** The bank is its sponsor. */
  sponsored: boolean;
  person: string;
  reason: string;
  at: Moment;
  state: "waiting" | "recovered" | "refused" | "expired";
}

/** RecoveryView is a request with what the bank's people propose. */
export interface RecoveryView extends RecoveryRow {
  contact: string;
  /** SHA-256 of the request that the legal representative signed. */
  request: Hex;
  documents: Hex[];
  /** 8 digits over the key, to be compared by telephone before signing. */
  pairing: string;
  key: Hex;
  /**
   * What a maker of the bank proposes: member:Recover as the sponsor, else member:RecoverAdmin, which the banks
   * approve.
   */
  function?: string;
  /** Exactly what is proposed, for an approval soon: the key's validity begins after the cooling-off time. */
  argument?: RecoverArgument;
  /** An approval later than this comes too late for the argument; read it again then. */
  approveBy: Moment;
  refusal?: DeskRefusal;
}

/** AttachedFile is what is known of a file's bytes. */
export interface AttachedFile {
  digest: Hex;
  /** Bytes. */
  size: number;
  media: string;
}

/** OwnedFile is a file of one member: whoever uploads the same bytes owns them too. */
export interface OwnedFile extends AttachedFile {
  name: string;
  member: string;
  /** The member's own pseudonym for the person. */
  person: string;
  /** The ledger's time. */
  at: Moment;
}

/** Attachment is a file, of a record or of your own. */
export interface Attachment extends OwnedFile {
  /** Of the record to which it belongs. */
  kind?: AttachmentKind;
  id?: string;
}

/** PreviewFault is one thing that is wrong. */
export interface PreviewFault {
  /** The field; empty: the row as a whole. */
  column: string;
  code: string;
  /** English or Chinese by Accept-Language. */
  message: string;
  rule?: string;
  detail?: string;
  next?: string;
}

/** PreviewRow is one row with what is wrong with it, or what the maker signs for it. */
export interface PreviewRow {
  /** Line in the file; its heading is 1. */
  row: number;
  /** As they stand in the file, by field. */
  values: Record<string, string>;
  faults: PreviewFault[];
  /** The argument of certificate:Issue, of a good row. */
  argument?: IssueArgument;
}

/** PreviewSum is the good rows of one supplier, one maturity or one line. */
export interface PreviewSum {
  /** Social credit code, day, or bank and line. */
  key: string;
  /** Registered name of the supplier or bank. */
  name: string;
  count: number;
  amount: Yuan;
  /** Of the line. */
  left: Yuan;
}

/** PreviewTotals sums good rows. */
export interface PreviewTotals {
  /** All rows, good or not. */
  rows: number;
  good: number;
  amount: Yuan;
  /** The amount in Chinese capital numerals. */
  capital: string;
  /** The largest first. */
  bySupplier: PreviewSum[];
  /** The earliest first. */
  byMaturity: PreviewSum[];
  /** With what is left of the line after them. */
  byLine: PreviewSum[];
}

/** BatchPreview is what would become of a batch if it were issued now. */
export interface BatchPreview {
  /** In the file's order. */
  rows: PreviewRow[];
  /** What stands in the way of every row. */
  faults: PreviewFault[];
  /** Of the good rows. */
  totals: PreviewTotals;
  days: number;
  /** The day on which they would be issued. */
  asOf: Day;
}
