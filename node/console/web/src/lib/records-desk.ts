/** What a bank's clearing desk exchanges with the node: sealed accounts, payment orders, banks' messages, statements. */
import type { Base64, Day, Hex, Moment, SettlementState, Yuan } from "./enums";
import type { DeskPerson } from "./records-node";
import type { Page } from "./records-answers";

/** An account whose number is sealed. */
export interface SealedAccount {
  member: string;
  /** The member's own word for it. */
  account: string;
  bank: string;
  sealed: Base64;
  commitment: Hex;
  /** With which it is opened. */
  context: string;
  /** Sealed to the encryption key that the viewer's bank has registered. */
  readable: boolean;
}

/** A page of instructed legs with the accounts that they are paid to and from. */
export interface SealedPage extends Page<SealedAccount & { leg: string; payee: string }> {
  payers: SealedAccount[];
}

/** The number of an account, as the bank's own people have opened it. */
export interface DeskAccount {
  member: string;
  account: string;
  number: string;
  name: string;
  /** 16 bytes. */
  salt: Base64;
}

/** A payment order that was written at this node. */
export interface PaymentOrder {
  /** Identification of the pain.001. */
  message: string;
  run: string;
  created: Moment;
  by: DeskPerson;
  /** Transfers. */
  count: number;
  amount: Yuan;
  /** Each with the transaction of its instruction. */
  legs: string[];
}

/** What comes of an item of a bank's message. */
export type ReadResult = "report" | "known" | "nothing" | "exception";

/** One item of a bank's message, and what comes of it. */
export interface ReadItem {
  file: string;
  /** In the message, from 1. */
  index: number;
  line: number;
  /** Whose payment it is, or empty. */
  leg: string;
  endToEnd: string;
  result: ReadResult;
  function?: string;
  argument?: object;
  reason: { code: string; text: string; textZh: string };
  bankReason?: { code: string; text: string };
  /** The bank's own word. */
  status: string;
  /** "credit", "debit", or empty. */
  direction: string;
  /** 0.00 if the bank does not say it. */
  amount: Yuan;
  reference: string;
  date: Day;
  /** Id of the exception that is kept. */
  exception?: string;
}

/** A transaction of reports, ready to be signed. */
export interface ReadyBatch {
  /** From 1; those of a turn come after those of the turn before. */
  turn: number;
  function: string;
  argument: { items: { function: string; argument: object }[] };
  /** Which items of the reading they are, from 0. */
  items: number[];
}

/** What messages say of legs. */
export interface MessageReading {
  messages: { file: string; kind: string; id: string; created: Moment; sha256: Hex; items: number }[];
  items: ReadItem[];
  batches: ReadyBatch[];
  totals: {
    items: number;
    accepted: number;
    paid: number;
    rejected: number;
    returned: number;
    known: number;
    nothing: number;
    exceptions: number;
    newExceptions: number;
  };
}

/** What a bank's message says that nothing was done with. */
export interface BankException {
  id: string;
  number: number;
  at: Moment;
  by: DeskPerson;
  file: string;
  kind: string;
  message: string;
  line: number;
  leg: string;
  endToEnd: string;
  amount: Yuan;
  direction: string;
  /** Of a number the last digits. */
  account: string;
  reference: string;
  date: Day;
  fault: string;
  why: string;
  whyZh: string;
  answer?: { at: Moment; by: DeskPerson; note: string };
}

/** What went through one bank on one side. */
export interface DeskBalance {
  bank: string;
  side: "paying" | "receiving";
  legs: number;
  ledger: Yuan;
  entries: number;
  atBank: Yuan;
  difference: Yuan;
}

/** One leg, or one entry of no leg, that does not fit. */
export interface DeskDifference {
  gap: "missing at bank" | "missing on ledger" | "amount differs" | "unknown entry";
  bank: string;
  side?: "paying" | "receiving";
  leg: string;
  state?: SettlementState;
  ledger: Yuan;
  atBank: Yuan;
  why?: string;
  whyZh?: string;
}

/** A run against statements, to the fen. */
export interface Reconciliation {
  /** Nothing differs. */
  same: boolean;
  /** Sum of the banks' differences without their signs. */
  difference: Yuan;
  statements: {
    file: string; kind: string; id: string; account: string; entries: number; credits: Yuan; debits: Yuan; problem?: string;
  }[];
  banks: DeskBalance[];
  differences: DeskDifference[];
  /** Entries that are none of these legs'. */
  other: number;
  otherAmount: Yuan;
}

/** What became of one item of a batch. */
export interface ItemOutcome {
  code: string;
  rule?: string;
  detail?: string;
  result?: unknown;
}
