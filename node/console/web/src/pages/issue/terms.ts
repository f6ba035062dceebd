/** What the rules say about a certificate before it is issued. */
import { addMonths, daysBetween, weekday, withinTerm } from "../../lib/calendar";
import type { Class, Invoice, Pack, TradeContract } from "../../lib/records";

/** One thing to know: key of a text of issue.json, with its values, and the rule it comes from. */
export interface Hint {
  key: "past" | "tooLong" | "review" | "weekend" | "days60" | "disguised" | "notAgreed";
  rule: string;
  /** bad: the ledger will refuse; warn: it is recorded and flagged, or needs more. */
  mark: "bad" | "warn" | "soft";
  values: Record<string, string | number>;
}

const small: Class[] = ["medium", "small", "micro"];

/** hintsOf lists what the rules say about a maturity, for a contract and the invoices that cover. */
export function hintsOf(today: string, maturity: string, pack: Pack, contract: TradeContract | undefined, invoices: readonly Invoice[]): Hint[] {
  if (maturity === "") return [];
  if (maturity <= today) return [{ key: "past", rule: "", mark: "bad", values: { today } }];
  const hints: Hint[] = [];
  const say = (key: Hint["key"], rule: string, mark: Hint["mark"], values: Hint["values"] = {}): number => hints.push({ key, rule, mark, values });
  if (!withinTerm(today, maturity, pack.termCapMonths)) say("tooLong", "TERM-MAX", "bad", { months: pack.termCapMonths, last: addMonths(today, pack.termCapMonths) });
  else if (!withinTerm(today, maturity, pack.termOrdinaryMonths)) say("review", "TERM-MAX", "warn", { months: pack.termOrdinaryMonths, last: addMonths(today, pack.termOrdinaryMonths) });
  if (weekday(maturity) === 0 || weekday(maturity) === 6) say("weekend", "", "soft");
  const limit = contract ? longest(contract, pack) : 0;
  const first = invoices.map((i) => i.date).sort()[0];
  if (limit > 0 && first && daysBetween(first, maturity) > limit) say("days60", "DAYS-60", "warn", { days: limit });
  const due = invoices.map((i) => i.due).filter((d) => d !== null).sort()[0];
  if (due && maturity > due) say("disguised", "NO-DISGUISED-EXTENSION", "warn", { due });
  if (contract && !contract.agreed) say("notAgreed", "NO-DISGUISED-EXTENSION", "warn");
  return hints;
}

/** longest is how many days a buyer of this class may take towards the seller; 0 where no rule says. */
function longest(contract: TradeContract, pack: Pack): number {
  if (!small.includes(contract.sellerClass)) return 0;
  if (contract.buyerClass === "public-body") return pack.publicBodyDays;
  return contract.buyerClass === "large" ? pack.largeToSmeDays : 0;
}
