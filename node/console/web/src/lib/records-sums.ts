/** Sums, statements and reports that a node makes of the ledger. */
import type {
  Day, FinancingKind, Hex, Interval, Moment, Percent, Purpose, SettlementState, Yuan,
} from "./enums";
import type { AsOf } from "./records-answers";

/** Flow is how many and how much. */
export interface Flow {
  count: number;
  amount: Yuan;
}

/** MonthFlow is how many and how much in a month. */
export interface MonthFlow extends Flow {
  /** Of the payment date. */
  month: string;
}

/** MemberTotals are the sums of one member. Amounts of holdings are fen that were accepted and are not paid. */
export interface MemberTotals {
  /** Holdings that it owns. */
  held: Flow;
  /** The same by month of the payment date. */
  heldByMonth: MonthFlow[];
  /** Certificates issued to it that it has not accepted. */
  toAccept: Flow;
  /** What it owes; a certificate counts once for each payment date. */
  owed: Flow;
  owedByMonth: MonthFlow[];
  /** Of what it owes: the payment date is past. */
  overdue: Flow;
  /** Certificates that it issued and that are not accepted. */
  awaiting: Flow;
  /** Financings of which it is the bank, with what is outstanding. */
  funded: Flow;
  /** Financings of which it was the holder, with what is outstanding. */
  financed: Flow;
  /** Transfers that wait for its acceptance. */
  offersToIt: Flow;
  /** Transfers of its own that wait for acceptance. */
  offersFromIt: Flow;
}

/** NetworkTotals are the sums of a whole ledger. */
export interface NetworkTotals {
  /** Accepted and not void, with their faces. */
  certificates: Flow;
  /** Issued and not accepted. */
  awaiting: Flow;
  /** Certificates with fen that are not paid, and these. */
  open: Flow;
  /** Certificates with fen that were paid, and these. */
  redeemed: Flow;
  /** Of what is open: the payment date is past; a certificate counts once for each payment date. */
  overdue: Flow;
  /** Certificates with fen that are to be paid on a later day, and these. */
  extended: Flow;
  /** Financings with what is outstanding. */
  financed: Flow;
  /** Transfers that wait for acceptance. */
  offers: Flow;
  members: number;
  /** Members by role; one may have several. */
  byRole: Record<string, number>;
}

/** Totals is either a member's sums or the network's. */
export interface Totals {
  asOf: AsOf;
  /** Whose they are; empty for the network. */
  member: string;
  totals?: MemberTotals;
  network?: NetworkTotals;
}

/** A bank's credit lines for one debtor, together. */
export interface LinesTotal {
  count: number;
  limit: Yuan;
  used: Yuan;
  reserved: Yuan;
  /** Of lines that are neither frozen nor over. */
  available: Yuan;
}

/** A bank's limit on one debtor. */
export interface LimitTotal {
  /** One without a cap only counts. */
  capped: boolean;
  cap: Yuan;
  used: Yuan;
  reserved: Yuan;
}

/** Exposure is what one debtor owes a bank and may owe it. */
export interface Exposure {
  debtor: string;
  name: string;
  /** Credit lines of the bank for the debtor, together. */
  lines: LinesTotal;
  /** The bank's limit on the debtor; left out when it has none. */
  limit?: LimitTotal;
  /** Fen of the debtor that the bank owns and that are not paid. */
  held: Flow;
  /** The same by month of the payment date. */
  byMonth: MonthFlow[];
}

/** RuleResult is what one rule said. */
export interface RuleResult {
  rule: string;
  /** Where it comes from, English or Chinese by Accept-Language. */
  clause: string;
  /** What it asks. */
  title: string;
  /** Flagged: allowed, but wants to be seen. */
  result: "passed" | "flagged" | "refused";
  /** On which it flagged or refused; for the signer's member and those who see all. */
  facts: string[];
}

/** RuleDecision is one decision in the history of a certificate, rule by rule. */
export interface RuleDecision {
  txId: Hex;
  height: number;
  function: string;
  /** Of the signer, empty for the sweep. */
  member: string;
  time: Moment;
  /** Ordinal of the rule pack in force. */
  pack: number;
  /** Those that were asked, in order of rule. */
  rules: RuleResult[];
}

/** DailyReport is what happened on one day to what one debtor owes: numbers and fen. */
export interface DailyReport {
  day: Day;
  debtor: string;
  /** Certificates issued. */
  issued: Flow;
  /** Certificates accepted by their first holders. */
  accepted: Flow;
  /** Transfers that were accepted. */
  transferred: Flow;
  /** Financings that were paid out. */
  financed: Flow;
  /** Payments that redeemed fen. */
  redeemed: Flow;
  /** Payments that had redeemed fen and came back. */
  returned: Flow;
  /** Certificates of which fen were not paid on their date, the day before. */
  overdue: Flow;
}

/**
 * FinancingReport is what one bank paid out to holders in one month, and at what price. Fen that banks sell to each
 * other are not in it.
 */
export interface FinancingReport {
  /** In which they were paid out. */
  month: string;
  bank: string;
  count: number;
  /** Fen that were sold or pledged. */
  amount: Yuan;
  /** What the holders got. */
  paidOut: Yuan;
  /** To the payment dates, whoever bears it. */
  interest: Yuan;
  /** Of the bank, whoever bears them. */
  fees: Yuan;
  /** The holders' whole cost, percent a year: the lowest. */
  allInMin: Percent;
  /** The average, weighted by what was paid out. */
  allInAvg: Percent;
  /** The highest. */
  allInMax: Percent;
}

/** OverdueReport is what a debtor pays or has paid late, as of the ledger's time. */
export interface OverdueReport {
  debtor: string;
  /** Payment dates of which something is overdue. */
  runs: number;
  /** Certificates with overdue fen. */
  certificates: number;
  /** Overdue fen, also those for which money is on its way. */
  amount: Yuan;
  /** Of them: in no payment. */
  open: Yuan;
  /** The earliest payment date of them. */
  since: Day;
  /** From that day to today. */
  days: number;
  /** Late interest on the open fen until today, not yet owed. */
  accruing: Yuan;
  /** Late interest that became owed. */
  accrued: Yuan;
  /** Of it: paid. */
  interestPaid: Yuan;
  /** Of it: given up by creditors. */
  waived: Yuan;
  /** Fen that creditors let the debtor pay later, and that are not paid yet. */
  extended: Yuan;
  /** Fen that were paid after their date. */
  paidLate: Yuan;
}

/** LegReport is one payment with its two accounts, and what the banks said of it. */
export interface LegReport {
  /** Of the settlement. */
  id: string;
  purpose: Purpose;
  /** Of the clearing, or empty. */
  run: string;
  round: number;
  /** Payment that it repeats, or of which it is the interest or the refund. */
  follows: string;
  payer: string;
  /** The payer's own word for it. */
  payerAccount: string;
  payerBank: string;
  payee: string;
  /** The payee's own word for it. */
  payeeAccount: string;
  payeeBank: string;
  amount: Yuan;
  /** Fen that it settles, in yuan; 0.00 when it moves none. */
  fen: Yuan;
  state: SettlementState;
  /** When it was agreed or computed. */
  made: Moment;
  instructed: Moment | null;
  /** Bank whose advice settled it. */
  adviceBank: string;
  /** The bank's own, of the advice. */
  reference: string;
  /** When the money arrived, by the advice. */
  credited: Moment | null;
  ended: Moment | null;
  disputed: Moment | null;
  /** What the payee says. */
  dispute: string;
  /** Why it was not paid, or came back. */
  reason: string;
}

/** StatementSum is the entries of one kind and direction. */
export interface StatementSum extends Flow {
  kind: string;
  in: boolean;
}

/** StatementEntry is fen that came to a member or went from it. */
export interface StatementEntry {
  time: Moment;
  kind: "issue" | "transfer" | "judicial" | "succession" | "sale" | "resale" | "buy-back" | "redeem" | "recourse" | "unredeem" | "void";
  in: boolean;
  certificate: string;
  interval: Interval;
  amount: Yuan;
  /** The other side. */
  counterpart: string;
  /** Id of the transfer, the settlement or the order of a court. */
  order: string;
  txId: Hex;
  /** Of fen that were redeemed: who was paid instead of the owner. */
  paidTo: string;
}

/** StatementBalance is what is left of one certificate. */
export interface StatementBalance {
  certificate: string;
  debtor: string;
  /** When it is or was payable. */
  payment: Day;
  amount: Yuan;
}

/** StatementPayment is money that a bank advised, or that came back. */
export interface StatementPayment {
  time: Moment;
  purpose: Purpose;
  /** The member is the payee. */
  in: boolean;
  /** A payment that came back: it counts against the sum. */
  returned: boolean;
  counterpart: string;
  amount: Yuan;
  /** The fen that it settled. */
  fen: Yuan;
  /** The member's, in the difference between the two or on its own. */
  interest: Yuan;
  /** The member's. */
  fee: Yuan;
  /** What a bank did not advance. */
  kept: Yuan;
  settlement: string;
  financing: string;
  /** Legal form of the financing. */
  form: FinancingKind | null;
  /** That advised it. */
  bank: string;
  /** Of the bank's advice. */
  reference: string;
  txId: Hex;
}

/** StatementSide is one side of a statement: opening and what came, less what went, is closing. */
export interface StatementSide {
  opening: Yuan;
  in: Yuan;
  out: Yuan;
  closing: Yuan;
  /** The entries by kind and direction. */
  sums: StatementSum[];
  /** Oldest first. */
  entries: StatementEntry[];
  /** The closing amount by certificate. */
  balances: StatementBalance[];
}

/** Statement is what one member held, owed, received and paid in one month. */
export interface Statement {
  asOf: AsOf;
  member: string;
  month: string;
  from: Day;
  to: Day;
  /** The month is over: nothing of it changes any more. */
  final: boolean;
  /** Fen that the member owned. */
  held: StatementSide;
  /** Fen that the member owed as debtor. */
  owed: StatementSide;
  /** Money that banks advised, oldest first. */
  payments: StatementPayment[];
  /** Sum of the payments to the member; what came back counts against it. */
  received: Flow;
  /** Sum of the payments by the member; what came back counts against it. */
  paid: Flow;
  /** Registered names of all members in it. */
  names: Record<string, string>;
}

/**
 * VoucherLine is one line of a voucher: an account is debited or credited. The lines of one voucher, and so all
 * lines, balance to the fen.
 */
export interface VoucherLine {
  date: Day;
  /** Number within the month. */
  voucher: string;
  summary: string;
  account: string;
  /** Of the account: the other side's name. */
  detail: string;
  debit: Yuan;
  credit: Yuan;
  /** Where it is one. */
  certificate: string;
  txId: Hex;
}

/** Vouchers are the lines of a month's vouchers. */
export interface Vouchers {
  asOf: AsOf;
  member: string;
  month: string;
  /** The lines of a voucher stand together; its debits and credits are equal. */
  lines: VoucherLine[];
}

/** One of the records that the ledger has, and how many of them. */
export interface KindCount {
  kind: string;
  what: string;
  count: number;
}

/** The proof that the network holds no money. */
export interface NoPooling {
  asOf: AsOf;
  /** There are no findings. */
  holds: boolean;
  members: number;
  operators: number;
  accounts: number;
  settlements: number;
  instructed: number;
  settled: Flow;
  advices: number;
  purposes: (Flow & { purpose: Purpose })[];
  kinds: KindCount[];
  findings: { subject: string; text: string }[];
}
