/**
 * What is signed, in plain words: a sentence, the facts with their names, the amount in figures and in capital numerals.
 * It is made from the very argument that is signed, and from nothing else but names and what the caller knows besides.
 */
import { argumentText } from "./jws";
import { amountOf } from "./interval";
import { capital, fenText, humanFen, humanRate, parseFen, sumFen } from "./money";
import { type Kind, fields, overrides, words } from "./plain-fields";
import { sentences } from "./plain-sentences";
import type { Language } from "./problem";

/** One fact of what is signed. */
export interface Line {
  label: string;
  text: string;
  /** Something to look at twice: an amount, a counterparty. */
  strong?: boolean;
}

/** What is signed, in plain words. */
export interface Words {
  title: string;
  /** One sentence; for a function without one, that it is shown as JSON. */
  sentence: string;
  /** The amount in yuan, the API's text, or empty when there is none. */
  amount: string;
  /** The amount in capital numerals, or empty. */
  capital: string;
  lines: Line[];
  /** That there is no way back, or empty. */
  warning: string;
  /** The argument as JSON, exactly as it is signed. */
  json: string;
}

/** What is known besides the argument. */
export interface Context {
  language: Language;
  /** Name of a member by its code; the code itself when it is not known. */
  name?: (id: string) => string;
  /** What the record says that the argument only names: a transfer's amount and sender, a quote's all-in cost. */
  facts?: { amount?: string; allIn?: string; lines?: Line[] };
}

type Values = Record<string, unknown>;

const unknown = ["此操作没有文字说明，请核对原始内容。", "This operation has no words of its own: read the text below."] as const;

/** Says what a call of a contract function does. */
export function plainWords(name: string, argument: object, context: Context): Words {
  const json = argumentText(argument);
  const values = JSON.parse(json) as Values;
  if (name === "approval:Propose") return proposalWords(values, context, json);
  const sentence = sentences[name];
  const zh = context.language === "zh";
  const pick = (pair: readonly [string, string]): string => pair[zh ? 0 : 1];
  const amount = context.facts?.amount ?? amountIn(name, values);
  const words: Words = {
    title: sentence ? pick(sentence.title) : name,
    sentence: sentence ? fill(pick(sentence.text), name, values, context) : pick(unknown),
    amount,
    capital: amount === "" ? "" : capital(amount),
    lines: linesOf(name, values, context),
    warning: sentence?.warning ? pick(sentence.warning) : "",
    json,
  };
  if (context.facts?.allIn) {
    words.lines.push({ label: pick(["综合年化成本", "All-in cost a year"]), text: `${humanRate(context.facts.allIn)} %`, strong: true });
  }
  if (context.facts?.lines) words.lines.push(...context.facts.lines);
  return words;
}

/** Whether a function has a sentence. */
export function hasWords(name: string): boolean {
  return name in sentences;
}

/** The title of a function, or its name when it has none. */
export function titleOf(name: string, language: Language): string {
  return sentences[name]?.title[language === "zh" ? 0 : 1] ?? name;
}

/** The word of an enumeration in a language; a word that is not known is shown as it is. */
export function wordOf(word: string, language: Language): string {
  return words[word]?.[language === "zh" ? 0 : 1] ?? word;
}

/** A proposal says what is proposed. */
function proposalWords(values: Values, context: Context, json: string): Words {
  const argument = values["argument"];
  const inner = plainWords(String(values["function"]), typeof argument === "object" && argument !== null ? argument : {}, context);
  const zh = context.language === "zh";
  const lines = [...inner.lines];
  for (const member of ["counterparty", "expires"]) {
    if (values[member] !== undefined) lines.push(lineOf("approval:Propose", member, values[member], context));
  }
  return { ...inner, title: `${titleOf("approval:Propose", context.language)}${zh ? "：" : ": "}${inner.title}`, lines, json };
}

// Members that say what a call is worth, the first that is there. Legs are summed.
const worth = ["face", "net", "amount", "price", "cap", "limit", "secured", "max"];

/** The amount that a call is about, the API's text of yuan, or empty. */
export function amountIn(name: string, values: object): string {
  try {
    const amount = amountOfCall(name, values as Values);
    return amount === "" ? "" : fenText(parseFen(amount));
  } catch {
    return ""; // it names no amount of money
  }
}

function amountOfCall(name: string, v: Values): string {
  if (name === "batch:Run") {
    const amounts = listOf(v["items"]).map(objectOf).map((i) => amountIn(String(i["function"]), objectOf(i["argument"])));
    const known = amounts.filter((a) => a !== "");
    return known.length === 0 ? "" : fenText(sumFen(known.map(parseFen)));
  }
  const member = worth.find((m) => typeof v[m] === "string" && v[m] !== "0.00");
  if (member) return String(v[member]);
  const legs = typeof v["leg"] === "object" ? [v["leg"]] : listOf(v["legs"] ?? []);
  return legs.length === 0 ? "" : fenText(legsSum(legs));
}

function legsSum(legs: readonly unknown[]): bigint {
  return sumFen(legs.map((l) => amountOf(String(objectOf(l)["interval"]))));
}

function fill(template: string, name: string, values: Values, context: Context): string {
  return template.replace(/\{(\w+)\}/g, (_, member: string) => {
    const value = values[member === "sum" ? "legs" : member];
    if (value === undefined) return "—";
    return member === "sum" ? written("sum", value, context, name) : written(kindOf(name, member), value, context, name);
  });
}

function linesOf(name: string, values: Values, context: Context): Line[] {
  const lines: Line[] = [];
  for (const [member, value] of Object.entries(values)) {
    const kind = kindOf(name, member);
    if (kind === "terms" && typeof value === "object") lines.push(...linesOf("", objectOf(value), context)); // what a member means in the function, it does not mean in the terms
    else lines.push(lineOf(name, member, value, context));
  }
  return lines;
}

function lineOf(name: string, member: string, value: unknown, context: Context): Line {
  const field = overrides[name]?.[member] ?? fields[member];
  const kind = kindOf(name, member);
  const label = field ? field[context.language === "zh" ? 0 : 1] : member;
  const line: Line = { label, text: written(kind, value, context, name) };
  if (kind === "money" || kind === "member") line.strong = true;
  return line;
}

function kindOf(name: string, member: string): Kind {
  const known = overrides[name]?.[member] ?? fields[member];
  return known ? known[2] : "argument";
}

/** Writes one value for people. What has not the form of its kind is shown as JSON, never left out. */
function written(kind: Kind, value: unknown, context: Context, name: string): string {
  try {
    return writtenAs(kind, value, context, name);
  } catch {
    return JSON.stringify(value);
  }
}

function writtenAs(kind: Kind, value: unknown, context: Context, name: string): string {
  const zh = context.language === "zh";
  const memberName = (id: string): string => {
    const known = context.name?.(id) ?? id;
    return known === id ? id : `${known}（${id}）`;
  };
  const each = (inner: Kind): string => listOf(value).map((v) => written(inner, v, context, name)).join(zh ? "、" : ", ");
  switch (kind) {
    case "money": return `¥${humanFen(String(value))}`;
    case "moneys": return each("money");
    case "rate": return `${humanRate(String(value))} %`;
    case "percent": return `${humanRate(String(value))} %`;
    case "member": return memberName(String(value));
    case "members": return each("member");
    case "certificates": return each("text");
    case "digests": return each("digest");
    case "words": return each("word");
    case "time": return String(value).slice(0, 16).replace("T", " ");
    case "yes": return value === true ? (zh ? "是" : "yes") : (zh ? "否" : "no");
    case "word": return wordOf(String(value), context.language);
    case "span": return spanText(String(value));
    case "sum": return `¥${humanFen(legsSum(listOf(value)))}`;
    case "legs": return listOf(value).map(legText).join("；");
    case "allocations": return listOf(value).map(allocationText).join("；");
    case "holdings": return listOf(value).map(objectOf).map((h) => `#${String(h["holding"])}`).join("、");
    case "credential": return credentialText(objectOf(value), context);
    case "credentials": return listOf(value).map((c) => credentialText(objectOf(c), context)).join("；");
    case "rules": return rulesText(listOf(value), context);
    case "items": return itemsText(listOf(value), context);
    case "pack": return packText(objectOf(value), zh);
    case "bytes": return zh ? `${String(value).length} 个字符的数据` : `data of ${String(value).length} characters`;
    case "text": case "day": case "number": case "certificate": case "digest":
      return typeof value === "object" ? JSON.stringify(value) : String(value);
    case "terms": case "argument": return JSON.stringify(value);
  }
}

function legText(value: unknown): string {
  const leg = objectOf(value);
  return `${String(leg["certificate"])} #${String(leg["holding"])} ${spanText(String(leg["interval"]))}`;
}

function allocationText(value: unknown): string {
  const a = objectOf(value);
  return `${short(String(a["invoice"]))} ¥${humanFen(String(a["amount"]))}`;
}

/** A part of a certificate with its amount. */
function spanText(interval: string): string {
  return `${interval} (¥${humanFen(amountOf(interval))})`;
}

function credentialText(c: Values, context: Context): string {
  if (!c["person"] || !c["notBefore"] || !c["notAfter"]) throw new TypeError("not a key");
  const roles = listOf(c["roles"]).map((r) => wordOf(String(r), context.language)).join("/");
  return `${String(c["person"])} (${roles}) ${String(c["notBefore"]).slice(0, 10)} – ${String(c["notAfter"]).slice(0, 10)}`;
}

function rulesText(rules: readonly unknown[], context: Context): string {
  const zh = context.language === "zh";
  if (rules.length === 0) return zh ? "无" : "none";
  return rules.map(objectOf).map((r) => {
    const name = r["function"] === "*" ? (zh ? "任何操作" : "any operation") : titleOf(String(r["function"]), context.language);
    const from = typeof r["from"] === "string" && parseFen(r["from"]) > 1n ? r["from"] : "";
    if (from === "") return zh ? `${name}（一律）` : `${name} (always)`;
    return zh ? `${name}（¥${humanFen(from)} 起）` : `${name} (from ¥${humanFen(from)})`;
  }).join("；");
}

function itemsText(items: readonly unknown[], context: Context): string {
  const zh = context.language === "zh";
  const counts = new Map<string, number>();
  for (const item of items.map(objectOf)) {
    const title = titleOf(String(item["function"]), context.language);
    counts.set(title, (counts.get(title) ?? 0) + 1);
  }
  return [...counts].map(([title, n]) => (zh ? `${n} 项“${title}”` : `${n} × “${title}”`)).join(zh ? "、" : ", ");
}

function packText(pack: Values, zh: boolean): string {
  const [source, day] = [String(pack["source"] ?? ""), String(pack["effective"] ?? "")];
  return zh ? `${source}，自 ${day} 起施行` : `${source}, in force from ${day}`;
}

function short(digest: string): string {
  return digest.length > 12 ? `${digest.slice(0, 12)}…` : digest;
}

/** The value as an object; throws TypeError for anything else. */
function objectOf(value: unknown): Values {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("not an object");
  return value as Values;
}

/** The value as a list; throws TypeError for anything else. */
function listOf(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError("not a list");
  return value;
}
