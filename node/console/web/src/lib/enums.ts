/** The words of the ledger's enumerations, as chaincode/record writes them, and the forms of its values in JSON. */

/** An amount as a decimal text of yuan with two places: "1234.56". */
export type Yuan = string;
/** A percentage as a text with four places: "2.6200". */
export type Percent = string;
/** A day in Asia/Shanghai: "2027-03-31". */
export type Day = string;
/** A time: "2026-09-01T09:00:00.000+08:00". */
export type Moment = string;
/** A SHA-256 in 64 lower-case hexadecimal digits. */
export type Hex = string;
/** Bytes in standard base64. */
export type Base64 = string;
/** The first and the last fen of a part of a certificate: "1-30000000". */
export type Interval = string;

/** The words of classes. */
export const classes = ["public-body", "large", "medium", "small", "micro"] as const;
/** One of classes. */
export type Class = (typeof classes)[number];

/** The words of roles. */
export const roles = ["debtor", "holder", "funder", "guarantor", "operator", "auditor"] as const;
/** One of roles. */
export type Role = (typeof roles)[number];

/** The words of memberStates. */
export const memberStates = ["active", "suspended"] as const;
/** One of memberStates. */
export type MemberState = (typeof memberStates)[number];

/** The words of personRoles. */
export const personRoles = ["maker", "checker", "admin", "reviewer"] as const;
/** One of personRoles. */
export type PersonRole = (typeof personRoles)[number];

/** The words of accountStates. */
export const accountStates = ["proposed", "confirmed", "closed"] as const;
/** One of accountStates. */
export type AccountState = (typeof accountStates)[number];

/** The words of quorums. */
export const quorums = ["checker", "admins", "institution", "counterparty", "banks"] as const;
/** One of quorums. */
export type Quorum = (typeof quorums)[number];

/** The words of proposalStates. */
export const proposalStates = ["open", "executed", "failed", "refused", "withdrawn", "lapsed"] as const;
/** One of proposalStates. */
export type ProposalState = (typeof proposalStates)[number];

/** The words of verificationKinds. */
export const verificationKinds = ["tax-check", "paper-check"] as const;
/** One of verificationKinds. */
export type VerificationKind = (typeof verificationKinds)[number];

/** The words of certificateStates. */
export const certificateStates = ["issued", "active", "rejected", "withdrawn", "lapsed", "void"] as const;
/** One of certificateStates. */
export type CertificateState = (typeof certificateStates)[number];

/** The words of lockKinds. */
export const lockKinds = [
  "proposal", "offer", "financing", "disbursing", "pledge", "freeze", "clearing", "recourse", "returned",
] as const;
/** One of lockKinds. */
export type LockKind = (typeof lockKinds)[number];

/** The words of transferStates. */
export const transferStates = ["offered", "accepted", "rejected", "withdrawn", "lapsed"] as const;
/** One of transferStates. */
export type TransferState = (typeof transferStates)[number];

/** The words of pledgeStates. */
export const pledgeStates = ["active", "released"] as const;
/** One of pledgeStates. */
export type PledgeState = (typeof pledgeStates)[number];

/** The words of orderKinds. */
export const orderKinds = ["freeze", "judicial-transfer", "succession"] as const;
/** One of orderKinds. */
export type OrderKind = (typeof orderKinds)[number];

/** The words of orderStates. */
export const orderStates = ["in-force", "lifted", "done"] as const;
/** One of orderStates. */
export type OrderState = (typeof orderStates)[number];

/** The words of confirmationStates. */
export const confirmationStates = ["open", "given", "refused", "overdue"] as const;
/** One of confirmationStates. */
export type ConfirmationState = (typeof confirmationStates)[number];

/** The words of moveKinds. */
export const moveKinds = [
  "issue", "transfer", "judicial", "succession", "sale", "resale", "buy-back", "redeem", "recourse", "unredeem",
] as const;
/** One of moveKinds. */
export type MoveKind = (typeof moveKinds)[number];

/** The words of noticeKinds. */
export const noticeKinds = [
  "certificate.issued", "certificate.accepted", "certificate.rejected", "certificate.withdrawn", "certificate.lapsed",
  "certificate.voided", "transfer.offered", "transfer.accepted", "transfer.rejected", "transfer.withdrawn",
  "transfer.lapsed", "holding.split", "holding.merged", "pledge.made", "pledge.released", "freeze.made", "freeze.lifted",
  "ownership.ordered", "confirmation.asked", "confirmation.answered", "confirmation.escalated", "proposal.made",
  "proposal.approved", "proposal.decided", "invoice.recorded", "invoice.verified", "invoice.red-letter", "line.changed",
  "member.enrolled", "member.changed", "credential.changed", "account.changed", "pack.adopted", "debtor-stop.changed",
  "validator.changed", "group.changed", "contract.recorded", "delivery.recorded", "limit.changed", "rate.changed",
  "discount.changed", "financing.requested", "quote.made", "quote.ended", "financing.agreed", "financing.consent",
  "financing.cancelled", "financing.lapsed", "financing.disbursed", "financing.unpaid", "financing.ended",
  "settlement.agreed", "settlement.instructed", "settlement.accepted", "settlement.settled", "settlement.unpaid",
  "settlement.disputed", "settlement.ended", "settlement.stale", "registration.recorded", "registration.due",
  "holding.redeemed", "freeze.reduced", "run.opened", "funds.confirmed", "funds.short", "run.divided", "run.closed",
  "payment.near", "leg.returned", "debt.overdue", "extension.offered", "extension.consent", "extension.made",
  "extension.ended", "interest.waived", "payment.exceeded", "payee.changed", "alert.answered",
] as const;
/** One of noticeKinds. */
export type NoticeKind = (typeof noticeKinds)[number];

/** The words of financingKinds. */
export const financingKinds = ["sale-with-recourse", "sale-without-recourse", "pledge"] as const;
/** One of financingKinds. */
export type FinancingKind = (typeof financingKinds)[number];

/** The words of interestModes. */
export const interestModes = ["prepaid", "at-maturity"] as const;
/** One of interestModes. */
export type InterestMode = (typeof interestModes)[number];

/** The words of financingStates. */
export const financingStates = ["requested", "agreed", "disbursed", "ended", "cancelled", "lapsed", "unpaid"] as const;
/** One of financingStates. */
export type FinancingState = (typeof financingStates)[number];

/** The words of limitKinds. */
export const limitKinds = ["debtor", "supplier"] as const;
/** One of limitKinds. */
export type LimitKind = (typeof limitKinds)[number];

/** The words of quoteStates. */
export const quoteStates = ["sealed", "chosen", "lost", "expired", "withdrawn"] as const;
/** One of quoteStates. */
export type QuoteState = (typeof quoteStates)[number];

/** The words of registrationKinds. */
export const registrationKinds = ["search", "initial", "change", "cancel"] as const;
/** One of registrationKinds. */
export type RegistrationKind = (typeof registrationKinds)[number];

/** The words of purposes. */
export const purposes = [
  "financing", "resale", "buy-back", "repayment", "discount", "outside", "debtor-share", "guarantee-fee", "clearing",
  "recourse", "guarantee", "late-interest", "refund",
] as const;
/** One of purposes. */
export type Purpose = (typeof purposes)[number];

/** The words of effects. */
export const effects = ["move", "redeem", "pledge", "acquit", "subrogate"] as const;
/** One of effects. */
export type Effect = (typeof effects)[number];

/** The words of settlementStates. */
export const settlementStates = [
  "open", "agreed", "instructed", "accepted", "settled", "unpaid", "cancelled", "lapsed", "returned",
] as const;
/** One of settlementStates. */
export type SettlementState = (typeof settlementStates)[number];

/** The words of runStates. */
export const runStates = ["open", "dividing", "closed"] as const;
/** One of runStates. */
export type RunState = (typeof runStates)[number];

/** The words of waiverReasons. */
export const waiverReasons = ["goodwill", "composition", "dispute", "bank-delay", "trifle"] as const;
/** One of waiverReasons. */
export type WaiverReason = (typeof waiverReasons)[number];

/** The words of alertStates. */
export const alertStates = ["open", "explained", "closed"] as const;
/** One of alertStates. */
export type AlertState = (typeof alertStates)[number];
