/**
 * Amounts in fen and rates in ten-thousandths of a percent, both exact integers (bigint), as chaincode/money. JSON has
 * them as texts: "300000.00" yuan and "2.6200" percent.
 */
import { Problem, refuse } from "./problem";

/** An amount of Chinese yuan in fen. */
export type Fen = bigint;

/** A percentage with four decimals as an integer: 2.62 % is 26200n. */
export type Rate = bigint;

/** The largest amount that can be written down. */
export const maxFen: Fen = 9_223_372_036_854_775_807n;

/** 100 % as a Rate. */
export const wholeRate: Rate = 1_000_000n;

const fenPlaces = 2;
const ratePlaces = 4;

/** What happens to the part of a quotient below its last place. */
export type Rounding = "down" | "up" | "half-up";

function parseDecimal(code: string, text: string, places: number): bigint {
  const match = /^(-?)(0|[1-9]\d*)\.(\d+)$/.exec(text);
  if (text.length > 32 || !match || match[3]?.length !== places) return refuse(code, `${quote(text)} is not in its one form`);
  const value = BigInt((match[2] ?? "") + (match[3] ?? ""));
  if (value > maxFen) refuse(code, `${quote(text)} is too large`);
  if (value === 0n && match[1] === "-") refuse(code, `${quote(text)} is not in its one form`);
  return match[1] === "-" ? -value : value;
}

function formatDecimal(value: bigint, places: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(places + 1, "0");
  const cut = digits.length - places;
  return `${value < 0n ? "-" : ""}${digits.slice(0, cut)}.${digits.slice(cut)}`;
}

function quote(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}

/** Reads the API's text of an amount, "300000.00"; BAD_AMOUNT for anything else. */
export function parseFen(text: string): Fen {
  return parseDecimal("BAD_AMOUNT", text, fenPlaces);
}

/** The API's text of an amount, "300000.00". */
export function fenText(fen: Fen): string {
  return formatDecimal(fen, fenPlaces);
}

/**
 * Reads an amount as people write it: spaces around, a yuan sign, thousands commas in the right places, and no, one or
 * two places. It never guesses: BAD_AMOUNT.
 */
export function parseHumanFen(text: string): Fen {
  const plain = text.trim().replace(/^[¥￥]\s*/, "");
  const match = /^(-?)(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return refuse("BAD_AMOUNT", `${quote(text)} is not an amount of yuan such as 300,000.00`);
  const whole = (match[2] ?? "").replace(/,/g, "");
  const places = (match[3] ?? "").padEnd(fenPlaces, "0");
  try {
    return parseFen(`${match[1] ?? ""}${whole}.${places}`);
  } catch (error) {
    if (error instanceof Problem) refuse("BAD_AMOUNT", `${quote(text)} is not an amount of yuan such as 300,000.00`);
    throw error;
  }
}

/** An amount for people, "300,000.00". Takes fen, or the API's text of yuan. */
export function humanFen(amount: Fen | string): string {
  const text = fenText(typeof amount === "string" ? parseFen(amount) : amount);
  const [whole = "", places = ""] = text.split(".");
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${places}`;
}

/** Reads the API's text of a rate, "2.6200"; BAD_RATE for anything else. */
export function parseRate(text: string): Rate {
  return parseDecimal("BAD_RATE", text, ratePlaces);
}

/** The API's text of a rate, "2.6200". */
export function rateText(rate: Rate): string {
  return formatDecimal(rate, ratePlaces);
}

/** Reads a rate as people write it: up to four places and an optional percent sign. BAD_RATE. */
export function parseHumanRate(text: string): Rate {
  const match = /^(\d+)(?:\.(\d{1,4}))?$/.exec(text.trim().replace(/\s*[%％]$/, ""));
  if (!match) return refuse("BAD_RATE", `${quote(text)} is not a percentage such as 2.62`);
  try {
    return parseRate(`${match[1] ?? ""}.${(match[2] ?? "").padEnd(ratePlaces, "0")}`);
  } catch (error) {
    if (error instanceof Problem) refuse("BAD_RATE", `${quote(text)} is not a percentage such as 2.62`);
    throw error;
  }
}

/** A rate for people: at least two places, "2.62" of "2.6200". Takes a rate or the API's text. */
export function humanRate(rate: Rate | string): string {
  const text = rateText(typeof rate === "string" ? parseRate(rate) : rate);
  return text.replace(/0{1,2}$/, "");
}

function checked(value: bigint): bigint {
  if (value > maxFen || value < -maxFen - 1n) refuse("AMOUNT_OVERFLOW", "the result does not fit");
  return value;
}

/** The sum of amounts; AMOUNT_OVERFLOW. */
export function sumFen(parts: readonly Fen[]): Fen {
  return parts.reduce((sum, p) => checked(sum + p), 0n);
}

/** a*b/c rounded once; c must be positive (BAD_AMOUNT); AMOUNT_OVERFLOW. */
export function mulDiv(a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint {
  if (c <= 0n) refuse("BAD_AMOUNT", `divisor ${c} is not positive`);
  const product = a * b;
  const magnitude = product < 0n ? -product : product;
  let quotient = magnitude / c;
  const rest = magnitude % c;
  if ((rounding === "up" && rest > 0n) || (rounding === "half-up" && 2n * rest >= c)) quotient += 1n;
  return checked(product < 0n ? -quotient : quotient);
}

/** The given percentage of an amount. */
export function share(amount: Fen, percent: Rate, rounding: Rounding): Fen {
  return mulDiv(amount, percent, wholeRate, rounding);
}

/** Principal times annual rate over the basis (360 or 365) times days, rounded once. */
export function discountInterest(principal: Fen, annual: Rate, days: number, basis: number, rounding: Rounding): Fen {
  if (basis !== 360 && basis !== 365) refuse("BAD_AMOUNT", `day basis ${basis} is neither 360 nor 365`);
  return interest(principal, annual, days, BigInt(basis), rounding);
}

/** Principal times daily rate times days, rounded once. */
export function lateInterest(principal: Fen, daily: Rate, days: number, rounding: Rounding): Fen {
  return interest(principal, daily, days, 1n, rounding);
}

function interest(principal: Fen, rate: Rate, days: number, basis: bigint, rounding: Rounding): Fen {
  if (principal < 0n || rate < 0n || days < 0 || !Number.isInteger(days)) {
    refuse("BAD_AMOUNT", "interest on something negative");
  }
  return mulDiv(principal, checked(rate * BigInt(days)), wholeRate * basis, rounding);
}

/** Divides total in proportion to the weights: each part is rounded down, the last with a weight takes the rest. */
export function proRata(total: Fen, weights: readonly Fen[]): Fen[] {
  const sum = sumFen(weights);
  const last = weights.findLastIndex((w) => w > 0n);
  if (total < 0n || last < 0 || weights.some((w) => w < 0n)) refuse("BAD_AMOUNT", "weights that sum to nothing or less");
  const parts = weights.map((w) => mulDiv(total, w, sum, "down"));
  parts[last] = (parts[last] ?? 0n) + total - sumFen(parts);
  return parts;
}

const capitalDigits = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"];
const capitalUnits: readonly (readonly [bigint, string])[] = [
  [100_000_000n, "亿"], [10_000n, "万"], [1_000n, "仟"], [100n, "佰"], [10n, "拾"],
];

/** An amount in Chinese capital numerals (支付结算办法, 附件一): 300,000.00 is 人民币叁拾万元整. Takes fen or the API's text. */
export function capital(amount: Fen | string): string {
  const fen = typeof amount === "string" ? parseFen(amount) : amount;
  const all = fen < 0n ? -fen : fen;
  const [yuan, jiao, cents] = [all / 100n, Number((all / 10n) % 10n), Number(all % 10n)];
  let text = fen < 0n ? "人民币负" : "人民币";
  if (yuan > 0n || all === 0n) text += `${capitalWhole(yuan)}元`;
  if (jiao === 0 && cents === 0) return `${text}整`;
  if (yuan > 0n && (jiao === 0 || yuan % 10n === 0n)) text += "零";
  if (jiao > 0) text += `${capitalDigits[jiao]}角`;
  if (cents > 0) text += `${capitalDigits[cents]}分`;
  return text;
}

function capitalWhole(n: bigint): string {
  for (const [value, name] of capitalUnits) {
    if (n < value) continue;
    const head = capitalWhole(n / value) + name;
    const rest = n % value;
    if (rest === 0n) return head;
    return head + (rest < value / 10n ? "零" : "") + capitalWhole(rest);
  }
  return capitalDigits[Number(n)] ?? "";
}
