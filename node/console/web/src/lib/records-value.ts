/** Financings and settlements, as chaincode/record has them and the API writes them. */
import type {
  Base64, Day, Effect, FinancingKind, FinancingState, Hex, InterestMode, LimitKind, Moment, Percent, Purpose,
  QuoteState, RegistrationKind, SettlementState, Yuan,
} from "./enums";
import type { Claim, Leg } from "./records-trade";

/** Signature is one person's signature under a transaction that matters later. */
export interface Signature {
  /** Empty: not signed. */
  member: string;
  person: string;
  key: Hex | null;
  /** The signed transaction. */
  txId: Hex | null;
  at: Moment | null;
}

/** Terms are what a bank quotes and a holder accepts. Those of a financing that is not agreed yet say nothing. */
export interface Terms {
  kind: FinancingKind;
  /** Percent a year. */
  rate: Percent;
  /** Days in the year that the rate is divided by: 360 or 365. */
  basis: number;
  interest: InterestMode;
  /** Percent of the amount that is paid out before deductions; 100.0000 at most. */
  advance: Percent;
  /** The bank's fee. */
  fee: Yuan;
  /** Percent of the interest that the supplier bears; the debtor bears the rest. */
  supplierInterest: Percent;
  /** Percent of the fee that the supplier bears. */
  supplierFee: Percent;
  /** From which interest runs, and the last day on which payment can be instructed. */
  valueDate: Day | null;
  /** Member who guarantees, or empty. */
  guarantor: string;
  /** How much it guarantees. */
  guarantee: Yuan;
  /** Paid by the supplier to the guarantor. */
  guaranteeFee: Yuan;
  guaranteeContract: Hex | null;
  /** Hash of the electronic contract between holder and bank. */
  contract: Hex | null;
}

/** Cost is what terms come to for the fen financed. The shares sum to the whole. */
export interface Cost {
  /** Paid out before deductions: the principal. */
  advance: Yuan;
  /** From the value date to each leg's payment date. */
  interest: Yuan;
  /** The supplier's part of it. */
  supplierInterest: Yuan;
  /** The rest. */
  debtorInterest: Yuan;
  supplierFee: Yuan;
  debtorFee: Yuan;
  guaranteeFee: Yuan;
  /** What the bank pays to the supplier. */
  net: Yuan;
  /** The supplier's whole cost, percent a year of what it receives, over 365 days. */
  allIn: Percent;
}

/** Reservation is what is set aside of a bank's limit. */
export interface Reservation {
  of: LimitKind;
  member: string;
  amount: Yuan;
}

/**
 * Financing is how a holder turns fen into cash at a bank: from the request, or a posted rate that was taken, to the
 * end. Its id is also that of the settlement that locks its fen and pays it out.
 */
export interface Financing {
  id: string;
  holder: string;
  /** The fen financed. */
  amount: Yuan;
  /** Who owe them, each once. */
  debtors: string[];
  /** Banks that may quote; empty: every admitted bank. */
  invited: string[];
  /** Banks whose worklist has it. */
  asked: string[];
  /** Key of the holder to which quotes are sealed; empty when a posted rate was taken. */
  replyKey: Base64;
  /** Quotes are taken before it. */
  quotesUntil: Moment | null;
  /** Banks that have quoted. */
  quotes: number;
  /** Posted rate that was taken, or empty. */
  rate: string;
  /** Of a resale: the financing out of which the fen are sold. */
  origin: string;
  /** Of the holder, to which it is paid. */
  account: string;
  funder: string;
  funderAccount: string;
  terms: Terms;
  cost: Cost;
  /** Of the funder's limits until it is disbursed; of the holder's, a bank, while it buys back. */
  reserved: Reservation[];
  holderSigned: Signature;
  /** Under the sealed quote or the posted rate. */
  funderSigned: Signature;
  /** Needed when the terms name a guarantor. */
  guarantorSigned: Signature;
  /** The guarantor's account. */
  guarantorPaid: string;
  /** Needed when the debtor bears a share. */
  debtorSigned: Signature;
  /** The debtor's account. */
  debtorPays: string;
  /** Entries recorded. */
  registrations: number;
  /** Latest search of the registry, 0 if none. */
  searched: Moment | null;
  /** Number of the initial registration while it stands. */
  registered: string;
  /** Entry that the registry must get next, 0 if none. */
  duty: RegistrationKind | null;
  dutyBy: Moment | null;
  /** Fen with the bank or pledged to it. */
  outstanding: Yuan;
  /** Settlement that follows it and is under way: resale, buy-back, repayment, recourse. */
  live: string;
  /** Money of legs and recourse, under way, kept or paid, that goes to the funder. */
  cleared: Yuan;
  /** Fen of it that legs have redeemed, or recourse has moved. */
  clearedFen: Yuan;
  /** Money that the guarantor has paid or is paying. */
  guaranteed: Yuan;
  state: FinancingState;
  requestedAt: Moment | null;
  agreedAt: Moment | null;
  /** Arrival of the notice of assignment at the debtor (Civil Code 546). */
  noticeAt: Moment | null;
  endedAt: Moment | null;
}

/**
 * Quote is a bank's sealed offer. Seal binds it to the bank and the request; the terms are in Sealed for the holder
 * alone, and only the chosen one opens on the ledger.
 */
export interface Quote {
  financing: string;
  bank: string;
  /** From which the bank will pay. */
  account: string;
  seal: Hex;
  sealed: Base64;
  reserved: Reservation[];
  expires: Moment;
  state: QuoteState;
  signed: Signature;
}

/** PostedRate is a bank's standing offer: a holder takes it and is financed. */
export interface PostedRate {
  bank: string;
  id: string;
  /** Of the fen; empty: any. */
  debtor: string;
  /** Deepest tier of the fen; 0: any. */
  tier: number;
  /** From today to each leg's payment date. */
  minDays: number;
  maxDays: number;
  /** Size of one financing. */
  min: Yuan;
  max: Yuan;
  /** Of all financings together; 0: no bound but the limits. */
  volume: Yuan;
  taken: Yuan;
  /** Without a value date. */
  terms: Terms;
  /** From the day on which it is taken to the value date. */
  valueDays: number;
  account: string;
  from: Day;
  /** Last day. */
  until: Day;
  closed: boolean;
  signed: Signature;
}

/** DiscountOffer is a debtor's standing offer to pay early for less. */
export interface DiscountOffer {
  debtor: string;
  id: string;
  /** Percent a year. */
  rate: Percent;
  basis: number;
  /** At least so long before the payment date. */
  minDays: number;
  /** Fen in all; 0: no bound. */
  volume: Yuan;
  taken: Yuan;
  account: string;
  from: Day;
  until: Day;
  closed: boolean;
  signed: Signature;
}

/** Limit is a bank's own limit on a debtor or a supplier, in a group or not. A limit without a cap only counts. */
export interface Limit {
  bank: string;
  of: LimitKind;
  member: string;
  /** The bank's group cap around it, or empty. */
  group: string;
  capped: boolean;
  cap: Yuan;
  reserved: Yuan;
  used: Yuan;
}

/**
 * Registration is one entry in the unified registry, as the funder recorded it. A wrong one is corrected by a later
 * one.
 */
export interface Registration {
  financing: string;
  /** From 1. */
  sequence: number;
  kind: RegistrationKind;
  /** The registry's. */
  number: string;
  /** Time in the registry. */
  entered: Moment;
  /** Hash of the registry's proof. */
  proof: Hex;
  /** Last day of the registration, 0 for a search. */
  until: Day | null;
  /** Sequence of the entry it corrects, or 0. */
  corrects: number;
  /** Sequence of the entry that corrects it, or 0. */
  corrected: number;
  signed: Signature;
}

/**
 * Settlement is money against fen, the one way in which value moves: agree, lock, register, instruct, matched bank
 * advice, and then the fen move or are redeemed. The ledger holds no money: payer and payee are named with their bank
 * accounts.
 */
export interface Settlement {
  id: string;
  purpose: Purpose;
  /** To which it belongs, or empty. */
  financing: string;
  /** Of an early payment: the debtor's offer that was taken. */
  offer: string;
  /** To which the amount is calculated, 0 where it does not depend on the day. */
  valueDate: Day | null;
  payer: string;
  payerAccount: string;
  /** Of the account. */
  payerBank: string;
  payee: string;
  payeeAccount: string;
  payeeBank: string;
  /** The exact money. */
  amount: Yuan;
  /** The fen that it settles; 0 when it moves none. */
  fen: Yuan;
  effect: Effect | null;
  /** Who stands behind the fen when they have moved; its maturity is each holding's own. */
  claim: Claim;
  legs: Leg[];
  state: SettlementState;
  at: Moment;
  /** Before instruction; 0 while an order suspends the clock, and where nothing lapses. */
  lapsesAt: Moment | null;
  /** Time left when the clock was suspended. */
  leftMillis: number;
  instruction: Signature;
  /** When an instruction without an advice goes to the worklist. */
  staleAt: Moment | null;
  acceptance: Signature;
  /** The advice that settled it. */
  adviceBank: string;
  adviceRef: string;
  /** By the payee. */
  disputedAt: Moment | null;
  dispute: string;
  /** Why it was cancelled or not paid. */
  reason: string;
  evidence: Hex | null;
  endedAt: Moment | null;
  /** Of a leg, of what follows from it, and of overdue fen that were paid outside of the ledger. */
  run: string;
  /** Of the run. */
  round: number;
  /** Of a leg made again: the one before; of interest and refunds: the leg. */
  follows: string;
  /** Of a leg to a pledgee: the pledge. */
  pledge: string;
  /** Money by leg where it is not the fen themselves. */
  shares: Yuan[];
  /** Of late interest: on whose fen it accrued. */
  certificate: string;
  /** Of a leg that was not paid: its fen are kept for the payee. */
  kept: boolean;
  /** Of a leg: the settlement of the late interest that followed it. */
  then: string;
  /** Of a leg: days for which its fen bear late interest once it is settled. */
  lateDays: number;
  /** Of a leg of which less arrived: what was instructed. */
  ordered: Yuan;
  /** Of a leg: what arrived beyond the amount. */
  excess: Yuan;
  /** Of a leg that a court's order sends to a receiver: the order. */
  directed: string;
  /** Of a leg: who has the right to the money, and is paid unless a court directs it to another. */
  for: string;
}

/** Advice is a bank's record that money moved. A bank's reference is usable once on the whole network. */
export interface Advice {
  bank: string;
  reference: string;
  amount: Yuan;
  payer: string;
  payerAccount: string;
  payee: string;
  payeeAccount: string;
  /** For the payer's bank: debited. */
  credited: Moment;
  settlement: string;
  signed: Signature;
}
