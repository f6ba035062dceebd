/** Which parameters of a rule pack belong to which rule. */
import type { Pack } from "../../lib/records";

/** The rules in their order. */
export const rules = [
  "TERM-MAX", "EVIDENCE-COVER", "SPLIT-LIMIT", "REGISTER-FIRST", "NO-POOLING", "DEFAULT-STOP", "FREE-CHOICE", "DAYS-60", "CONFIRM-30",
  "NO-DISGUISED-EXTENSION", "LATE-INTEREST", "PLEDGE-LOCK", "NOTICE", "RECOURSE", "SOLE-CONTROL", "ONE-HEAD",
] as const;

/** What a parameter is measured in. */
export type Unit = "months" | "days" | "hours" | "times" | "money" | "percent" | "flag";

/** A parameter with its value in a pack. */
export interface Parameter {
  key: string;
  value: string;
  unit: Unit;
}

type Key = Exclude<keyof Pack, "ordinal" | "effective" | "source" | "holidays" | "workdays" | "lpr">;

const of: Partial<Record<(typeof rules)[number], [Key, Unit][]>> = {
  "TERM-MAX": [["termOrdinaryMonths", "months"], ["termCapMonths", "months"]],
  "EVIDENCE-COVER": [["verificationNeeded", "flag"], ["verificationDays", "days"]],
  "SPLIT-LIMIT": [["maxTier", "times"], ["maxPieces", "times"], ["smallestPiece", "money"], ["maxHopsPerDay", "times"]],
  "REGISTER-FIRST": [["searchHours", "hours"], ["registerDays", "days"], ["instructDays", "days"], ["staleHours", "hours"]],
  "DEFAULT-STOP": [["graceDays", "days"]],
  "FREE-CHOICE": [["acceptDays", "days"], ["proposalDays", "days"], ["requestDays", "days"]],
  "DAYS-60": [["publicBodyDays", "days"], ["largeToSmeDays", "days"]],
  "CONFIRM-30": [["confirmDays", "days"]],
  "LATE-INTEREST": [["lateDaily", "percent"]],
  "SOLE-CONTROL": [["coolingOffHours", "hours"]],
};

/** parametersOf lists what a pack says for a rule. */
export function parametersOf(rule: (typeof rules)[number], pack: Pack): Parameter[] {
  return (of[rule] ?? []).map(([key, unit]) => ({ key, value: String(pack[key]), unit }));
}
