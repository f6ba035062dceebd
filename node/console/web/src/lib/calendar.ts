/** Dates as texts "2027-03-31" and times as the API writes them, in Asia/Shanghai: a fixed UTC+8, as chaincode/calendar. */
import { refuse } from "./problem";

const dayMillis = 86_400_000;
const shanghaiMillis = 8 * 3_600_000;
const lastDay = 2_932_896; // 9999-12-31

/** Days since 1970-01-01; BAD_DATE for what is no date such as 2027-03-31. */
export function dayNumber(date: string): number {
  if (/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    const n = Date.parse(`${date}T00:00:00Z`) / dayMillis;
    if (Number.isInteger(n) && n >= 0 && n <= lastDay && dateOf(n) === date) return n;
  }
  return refuse("BAD_DATE", `${JSON.stringify(date.slice(0, 40))} is not a date such as 2027-03-31`);
}

/** The date of a day number; it stops at the first and the last date. */
export function dateOf(day: number): string {
  const clamped = Math.max(0, Math.min(lastDay, day));
  return new Date(clamped * dayMillis).toISOString().slice(0, 10);
}

/** Whether a text is a date that exists. */
export function isDate(text: string): boolean {
  try {
    dayNumber(text);
    return true;
  } catch {
    return false;
  }
}

/** The day n days later, or earlier. */
export function addDays(date: string, n: number): string {
  return dateOf(dayNumber(date) + n);
}

/** The corresponding day n months later, or the last day of that month if it has no such day (Civil Code 202). */
export function addMonths(date: string, n: number): string {
  dayNumber(date);
  const months = Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1 + n;
  const [year, month] = [Math.floor(months / 12), ((months % 12) + 12) % 12];
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const day = Math.min(Number(date.slice(8, 10)), length);
  return dateOf(Date.UTC(year, month, day) / dayMillis);
}

/** Days of a term, one end included: from a day to the next is 1; negative if to lies before from. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

/** Whether maturity lies after issue and at most so many months later. */
export function withinTerm(issue: string, maturity: string, months: number): boolean {
  return issue < maturity && maturity <= addMonths(issue, months);
}

/** Day of the week, 0 for Sunday. */
export function weekday(date: string): number {
  return (dayNumber(date) + 4) % 7; // 1970-01-01 was a Thursday
}

/** "20270331" of "2027-03-31". */
export function compactDate(date: string): string {
  dayNumber(date);
  return date.replace(/-/g, "");
}

/** The date in Asia/Shanghai of milliseconds since 1970. */
export function dateOfMillis(millis: number): string {
  return dateOf(Math.floor((millis + shanghaiMillis) / dayMillis));
}

/** The API's text of milliseconds since 1970: "2026-09-01T09:00:00.000+08:00". */
export function instantText(millis: number): string {
  return new Date(millis + shanghaiMillis).toISOString().slice(0, 23) + "+08:00";
}

/** Milliseconds since 1970 of the API's text of a time; BAD_DATE for anything else. */
export function parseInstant(text: string): number {
  const millis = Date.parse(text);
  if (Number.isFinite(millis) && instantText(millis) === text) return millis;
  return refuse("BAD_DATE", `${JSON.stringify(text.slice(0, 40))} is not a time such as 2026-09-01T09:00:00.000+08:00`);
}

/** The date of the API's text of a time. */
export function dateOfInstant(text: string): string {
  return dateOfMillis(parseInstant(text));
}

/** The API's text of a time of day in Asia/Shanghai: instantAt("2026-09-01", "18:30"). The start of the day by default. */
export function instantAt(date: string, time = "00:00"): string {
  dayNumber(date);
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) refuse("BAD_DATE", `${JSON.stringify(time.slice(0, 10))} is not a time such as 18:30`);
  return `${date}T${time}:00.000+08:00`;
}
