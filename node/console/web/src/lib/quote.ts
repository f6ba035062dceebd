/** Quotes that only the holder of a request reads, as chaincode/financing seals them. */
import { base64, fromBase64, fromUtf8, hex, random, utf8 } from "./base64";
import { sha256Hex } from "./digest";
import { type EncryptionKey, parseEncryptionKey, saltSize, seal } from "./envelope";
import { argumentText } from "./jws";
import { Problem, refuse } from "./problem";
import type { Quote, Terms } from "./records";

/** A quote as its holder reads it. */
export interface Opened {
  /** 32 lower-case hexadecimal digits. */
  salt: string;
  terms: Terms;
}

const zeroDigest = "0".repeat(64);
const zeroDate = "1970-01-01";

/** Binds a sealed quote to its network, request and bank. */
export function sealContext(network: string, financing: string, bank: string): string {
  return `tierledger quote ${network}/${financing}/${bank}`;
}

/** The hash that a bank puts on the ledger: SHA-256 over every term in one fixed form, in hexadecimal. */
export async function sealOf(financing: string, bank: string, salt: string, t: Terms): Promise<string> {
  const lines: [string, string | number][] = [
    ["financing", financing], ["bank", bank], ["salt", salt], ["kind", t.kind], ["rate", t.rate], ["basis", t.basis],
    ["interest", t.interest], ["advance", t.advance], ["fee", t.fee], ["supplierInterest", t.supplierInterest],
    ["supplierFee", t.supplierFee], ["valueDate", t.valueDate ?? zeroDate], ["guarantor", t.guarantor],
    ["guarantee", t.guarantee], ["guaranteeFee", t.guaranteeFee],
    ["guaranteeContract", t.guaranteeContract ?? zeroDigest], ["contract", t.contract ?? zeroDigest],
  ];
  return sha256Hex(`tierledger quote 1\n${lines.map(([name, value]) => `${name}=${value}\n`).join("")}`);
}

/** Seals terms for the holder of a request: the members seal and sealed of financing:Quote's argument. BAD_KEY. */
export async function sealQuote(
  of: { network: string; financing: string; bank: string; replyKey: string }, terms: Terms,
): Promise<{ seal: string; sealed: string }> {
  const opened: Opened = { salt: hex(random(saltSize)), terms };
  const key = await parseEncryptionKey(fromBase64(of.replyKey));
  const context = utf8(sealContext(of.network, of.financing, of.bank));
  const sealed = await seal(utf8(argumentText(opened)), context, [key]);
  return { seal: await sealOf(of.financing, of.bank, opened.salt, terms), sealed: base64(sealed) };
}

/** Opens a quote and checks it against the bank's seal on the ledger. CLIENT_SEALED; QUOTE_ALTERED when it is another. */
export async function openQuote(network: string, quote: Quote, key: EncryptionKey): Promise<Opened> {
  const context = utf8(sealContext(network, quote.financing, quote.bank));
  const plaintext = await key.open(fromBase64(quote.sealed), context);
  let opened: Opened;
  try {
    opened = readOpened(JSON.parse(fromUtf8(plaintext)));
  } catch (error) {
    if (error instanceof Problem) throw error;
    return refuse("QUOTE_ALTERED", "it opens and is no quote");
  }
  if ((await sealOf(quote.financing, quote.bank, opened.salt, opened.terms)) !== quote.seal) {
    refuse("QUOTE_ALTERED", "its terms do not fit the bank's seal on the ledger");
  }
  return opened;
}

/** Reads what a bank sealed, from this console or from the command line; what is left out is the zero of its kind. */
function readOpened(value: unknown): Opened {
  const top = objectOf(value);
  const t = objectOf(top["terms"]);
  const text = (name: string, zero: string): string => {
    const v = t[name] ?? zero;
    return typeof v === "string" ? v : refuse("QUOTE_ALTERED", `its ${name} is no text`);
  };
  const basis = t["basis"];
  if (typeof top["salt"] !== "string" || !/^[0-9a-f]{32}$/.test(top["salt"]) || typeof basis !== "number") {
    return refuse("QUOTE_ALTERED", "its salt or basis");
  }
  const some = (v: string, zero: string): string | null => (v === zero ? null : v);
  return {
    salt: top["salt"],
    terms: {
      kind: text("kind", "") as Terms["kind"],
      rate: text("rate", "0.0000"),
      basis,
      interest: text("interest", "") as Terms["interest"],
      advance: text("advance", "0.0000"),
      fee: text("fee", "0.00"),
      supplierInterest: text("supplierInterest", "0.0000"),
      supplierFee: text("supplierFee", "0.0000"),
      valueDate: some(text("valueDate", zeroDate), zeroDate),
      guarantor: text("guarantor", ""),
      guarantee: text("guarantee", "0.00"),
      guaranteeFee: text("guaranteeFee", "0.00"),
      guaranteeContract: some(text("guaranteeContract", zeroDigest), zeroDigest),
      contract: some(text("contract", zeroDigest), zeroDigest),
    },
  };
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return refuse("QUOTE_ALTERED", "it is no quote");
  return value as Record<string, unknown>;
}
