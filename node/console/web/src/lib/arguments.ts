/**
 * The arguments of the contract functions that people sign in the console, with the names that the ledger reads. Members
 * that are undefined or empty are left out when they are signed. sweep:Run is the ledger's own and not among them.
 */
import type {
  AlertState, Base64, Class, Day, Hex, Interval, LimitKind, Moment, Percent, PersonRole, RegistrationKind,
  Role, VerificationKind, WaiverReason, Yuan,
} from "./enums";
import type { Pack } from "./records-clearing";
import type { Allocation, Leg, PolicyRule } from "./records-trade";
import type { Terms } from "./records-value";

/** A public key that one person of a member asks to be registered. */
export interface CredentialArgument {
  /** The member's own pseudonym for the person, never a name. */
  person: string;
  roles: PersonRole[];
  /** SubjectPublicKeyInfo, DER. */
  publicKey: Base64;
  /** See signPossession. */
  possession: Base64;
  notBefore: Moment;
  notAfter: Moment;
  /** SHA-256 of a licensed authority's X.509 document. */
  attached?: Hex;
}

/** An enterprise and its first people. */
export interface EnrolArgument {
  id: string;
  name: string;
  class: Class;
  roles: Role[];
  lei?: string;
  /** Public key for sealed documents. */
  encryption?: Base64;
  /** At least one admin. */
  credentials: CredentialArgument[];
}

/** A member's particulars anew. */
export interface UpdateArgument {
  member: string;
  name: string;
  class: Class;
}

/** Suspends a member or ends that. */
export interface StandingArgument {
  member: string;
  reason: string;
}

/** A new admin's key for a member that lost its own. */
export interface RecoverArgument {
  member: string;
  credential: CredentialArgument;
  /** SHA-256 of the legal representative's signed request. */
  request: Hex;
}

/** A bank account of the maker's own member; see sealAccount. */
export interface ProposeAccountArgument {
  id: string;
  bank: string;
  commitment: Hex;
  sealed: Base64;
}

/** The node with which a bank takes part in consensus. */
export interface ValidatorArgument {
  bank: string;
  /** Ed25519 public key, 32 bytes. */
  consensus: Base64;
  peer: string;
  /** host:port */
  address: string;
}

/** A trade contract of the signer. */
export interface ContractArgument {
  buyer: string;
  seller: string;
  document: Hex;
  signed: Day;
  /** Tax-inclusive, or 0.00 for a framework contract. */
  amount: Yuan;
  /** Agreed payment term after delivery, or 0. */
  termDays: number;
  /** A clause agrees to payment by certificate. */
  agreed: boolean;
  /** Percent a year; left out: the statutory rate applies. */
  lateRate?: Percent;
}

/** Goods or services that the signer accepted. */
export interface DeliveryArgument {
  contract: string;
  document: Hex;
  accepted: Day;
  amount: Yuan;
}

/** An invoice of the signer by its fingerprint. */
export interface InvoiceArgument {
  fingerprint: Hex;
  otherFingerprint?: Hex;
  scheme: number;
  epoch: number;
  seller: string;
  buyer: string;
  contract: string;
  delivery?: string;
  amount: Yuan;
  date: Day;
  due?: Day;
}

/** A bank's attestation about an invoice. */
export interface VerifyArgument {
  invoice: Hex;
  kind: VerificationKind;
  good: boolean;
  document: Hex;
  others?: Hex[];
}

/** A debtor's promise to pay face on the maturity date. */
export interface IssueArgument {
  number: string;
  creditor: string;
  face: Yuan;
  issueDate?: Day;
  maturity: Day;
  currency: string;
  /** The debtor's own payment reference, unique for ever. */
  reference: string;
  contract: string;
  bank?: string;
  line?: string;
  green?: boolean;
  greenProof?: Hex;
  allocations: Allocation[];
}

/** Parts of one or more certificates in payment. */
export interface TransferArgument {
  to: string;
  reference: string;
  legs: Leg[];
  allocations: Allocation[];
}

/** A security interest that the owner gives a bank. */
export interface PledgeArgument {
  leg: Leg;
  pledgee: string;
  secured: Yuan;
  registration: string;
  document: Hex;
}

/** The instrument of a court or authority. */
export interface Instrument {
  authority: string;
  docket: string;
  document: Hex;
}

/** Banks are asked to quote for fen. */
export interface RequestArgument {
  legs: Leg[];
  account: string;
  /** Banks that may quote; none: every admitted bank. */
  invited?: string[];
  quotesUntil: Moment;
  lapsesAt?: Moment;
  /** Public key to which quotes are sealed. */
  replyKey: Base64;
}

/** A bank's sealed offer for a request; see sealQuote. */
export interface QuoteArgument {
  financing: string;
  account: string;
  seal: Hex;
  sealed: Base64;
  expires: Moment;
}

/** The chosen quote, opened on the ledger. */
export interface SelectArgument {
  id: string;
  bank: string;
  salt: string;
  terms: Terms;
  /** What the holder saw that it will be paid. */
  net: Yuan;
}

/** A standing rate of a bank. */
export interface RateArgument {
  id: string;
  debtor?: string;
  tier?: number;
  minDays?: number;
  maxDays: number;
  min: Yuan;
  max: Yuan;
  volume?: Yuan;
  /** Without a value date. */
  terms: Terms;
  valueDays?: number;
  account: string;
  from: Day;
  until: Day;
}

/** A bank's posted rate, taken. */
export interface TakeRateArgument {
  bank: string;
  rate: string;
  terms: Terms;
  legs: Leg[];
  account: string;
  net: Yuan;
}

/** A bank's word that money moved, for one settlement. */
export interface AdviceArgument {
  settlement: string;
  /** The bank's own, usable once. */
  reference: string;
  amount: Yuan;
  payer: string;
  payerAccount: string;
  payee: string;
  payeeAccount: string;
  credited: Moment;
}

/** One bank message about one leg of a clearing. */
export interface ReportArgument {
  leg: string;
  says: "accepted" | "paid" | "rejected" | "returned";
  reference?: string;
  amount?: Yuan;
  payer?: string;
  payerAccount?: string;
  payee?: string;
  payeeAccount?: string;
  at?: Moment;
  reason?: string;
  evidence?: Hex;
}

/** A debtor's standing offer to pay early for less. */
export interface DiscountArgument {
  id: string;
  rate: Percent;
  basis: number;
  minDays?: number;
  volume?: Yuan;
  account: string;
  from: Day;
  until: Day;
}

/** One entry in the unified registry (中登网). */
export interface RegistrationArgument {
  financing: string;
  kind: RegistrationKind;
  number: string;
  entered: Moment;
  proof: Hex;
  until?: Day;
  corrects?: number;
}

/** A bank's attestation about a debtor. */
export interface StopArgument {
  debtor: string;
  reason: string;
  document: Hex;
  bank?: string;
}

interface Named { id: string }
interface Reasoned { id: string; reason: string }
interface OfCertificate { certificate: string }
interface Answered { certificate: string; reason: string }

/** The argument of each contract function, by its name. */
export interface Arguments {
  "member:Enrol": EnrolArgument;
  "member:AdmitInstitution": EnrolArgument;
  "member:Update": UpdateArgument;
  "member:UpdateInstitution": UpdateArgument;
  "member:Suspend": StandingArgument;
  "member:Resume": StandingArgument;
  "member:SuspendInstitution": StandingArgument;
  "member:ResumeInstitution": StandingArgument;
  "member:AddCredential": { member: string; credential: CredentialArgument };
  "member:RenewCredential": { key: Hex; credential: CredentialArgument };
  "member:RevokeCredential": { key: Hex; reason: string };
  "member:Recover": RecoverArgument;
  "member:RecoverAdmin": RecoverArgument;
  "member:SetPolicy": { rules: PolicyRule[] };
  "member:ProposeAccount": ProposeAccountArgument;
  "member:ConfirmAccount": { member: string; account: string };
  "member:ChooseAccount": { account: string };
  "member:CloseAccount": { member: string; account: string };
  "member:AdmitValidator": ValidatorArgument;
  "member:RemoveValidator": { bank: string };
  "member:SetFingerprintEpoch": { epoch: number };
  "rules:AdoptPack": { pack: Pack };
  "rules:StopDebtor": StopArgument;
  "rules:LiftStop": StopArgument;
  "credit:SetGroup": { id: string; parent?: string; cap: Yuan };
  "credit:SetLimit": { of: LimitKind; member: string; group?: string; cap?: Yuan; lift?: boolean };
  "credit:Grant": { id: string; debtor: string; group?: string; limit: Yuan; from: Day; to: Day };
  "credit:FreezeLine": Reasoned;
  "credit:UnfreezeLine": Reasoned;
  "evidence:RecordContract": ContractArgument;
  "evidence:RecordDelivery": DeliveryArgument;
  "evidence:RecordInvoice": InvoiceArgument;
  "evidence:Verify": VerifyArgument;
  "evidence:RedLetter": { invoice: Hex; amount?: Yuan; document: Hex };
  "certificate:ReviewTerm": { number: string; debtor: string; face: Yuan; maturity: Day; reason: string };
  "certificate:Issue": IssueArgument;
  "certificate:Accept": OfCertificate;
  "certificate:Reject": Answered;
  "certificate:Withdraw": OfCertificate;
  "certificate:Void": Answered;
  "certificate:RequestConfirmation": { debtor: string; contract: string; amount: Yuan };
  "certificate:AnswerConfirmation": { id: string; agree: boolean; reason?: string };
  "certificate:Split": { certificate: string; holding: number; version: number; interval: Interval; amounts: Yuan[] };
  "certificate:Merge": { certificate: string; holdings: { holding: number; version: number }[] };
  "certificate:Transfer": TransferArgument;
  "certificate:AcceptTransfer": Named;
  "certificate:RejectTransfer": Reasoned;
  "certificate:WithdrawTransfer": Named;
  "certificate:Pledge": PledgeArgument;
  "certificate:ReleasePledge": Named;
  "certificate:Freeze": Instrument & { target: string; certificates: string[]; amount: Yuan };
  "certificate:Unfreeze": Instrument & { order: string };
  "certificate:JudicialTransfer": Instrument & {
    freeze?: string; target: string; receiver: string; certificate: string; interval?: Interval; amount?: Yuan;
  };
  "certificate:Succession": Instrument & { target: string; receiver: string; certificates: string[] };
  "financing:Request": RequestArgument;
  "financing:Quote": QuoteArgument;
  "financing:WithdrawQuote": Named;
  "financing:Select": SelectArgument;
  "financing:PostRate": RateArgument;
  "financing:CloseRate": Named;
  "financing:TakeRate": TakeRateArgument;
  "financing:Guarantee": { id: string; account: string };
  "financing:BearShare": { id: string; account: string };
  "financing:Resell": {
    financing: string; legs: Leg[]; buyer: string; price: Yuan; recourse?: boolean; contract: Hex; account: string;
    buyerAccount: string;
  };
  "financing:BuyBack": { financing: string; legs: Leg[]; price: Yuan; contract: Hex; account: string; bankAccount: string };
  "financing:Repay": { financing: string; account: string; bankAccount?: string; valueDate: Day; amount: Yuan };
  "financing:PostDiscount": DiscountArgument;
  "financing:CloseDiscount": Named;
  "financing:TakeDiscount": { debtor: string; offer: string; legs: Leg[]; account: string; valueDate: Day; amount: Yuan };
  "financing:PaidOutside": {
    debtor: string; holder: string; legs: Leg[]; debtorAccount: string; holderAccount: string; document: Hex;
  };
  "registration:Record": RegistrationArgument;
  "settlement:Instruct": Named;
  "settlement:Advise": AdviceArgument;
  "settlement:Confirm": AdviceArgument;
  "settlement:Dispute": Reasoned;
  "settlement:NotPaid": { id: string; reason: string; evidence: Hex };
  "settlement:Cancel": Reasoned;
  "clearing:ConfirmFunds": { run: string; account: string; amount: Yuan };
  "clearing:Report": ReportArgument;
  "clearing:Replace": { leg: string };
  "clearing:Drop": { leg: string; reason: string };
  "clearing:Direct": Instrument & { freeze: string; leg: string; receiver: string };
  "clearing:Recourse": { financing: string; legs?: Leg[]; account?: string };
  "clearing:CallGuarantee": { financing: string; legs?: Leg[]; account?: string };
  "clearing:OfferExtension": { certificate: string; maturity: Day; reason: string; document: Hex };
  "clearing:AcceptExtension": { id: string; interval: Interval };
  "clearing:ConsentToExtension": Named;
  "clearing:WithdrawExtension": Named;
  "clearing:Waive": { certificate?: string; interval?: Interval; settlement?: string; reason: WaiverReason };
  "clearing:ConsentToWaiver": Named;
  "alert:Answer": { alert: Hex; state: AlertState; reason: string };
  "approval:Propose": { function: string; argument: object; expires?: Moment; counterparty?: string };
  "approval:Approve": { id: string; manifest: Hex };
  "approval:Refuse": Reasoned;
  "approval:Withdraw": Named;
  "batch:Run": { items: BatchItem[] };
  "devnet:Advance": { to: Moment };
}

/** Names of the contract functions that people sign. */
export type FunctionName = keyof Arguments;

/** One operation of a batch. */
export interface BatchItem {
  function: string;
  argument: object;
}

/** A call of a contract function, to be signed. */
export interface Call<F extends FunctionName = FunctionName> {
  function: F;
  argument: Arguments[F];
}

/** Pairs a function with its argument, so that the compiler compares them. */
export function call<F extends FunctionName>(name: F, argument: Arguments[F]): Call<F> {
  return { function: name, argument };
}

