/**
 * Key files: a secret sealed with a passphrase, in the document of crypto/keystore. A signing key and an encryption key lie
 * in files of two formats that differ in nothing else.
 *
 * The secret is in the clear only in what sealSecret takes and openSecret gives; the caller wipes it.
 */
import { type Bytes, base64url, fromBase64url, random, utf8 } from "./base64";
import { refuse } from "./problem";

/** What a key file holds: a signing key in PKCS #8, or the seed of an encryption key. */
export type KeyFormat = "tierledger-key" | "tierledger-encryption-key";

/** A key file. Bytes are base64url. */
export interface KeyDocument {
  format: string;
  version: number;
  kid: string;
  public: string;
  kdf: { name: string; hash: string; iterations: number; salt: string };
  cipher: { name: string; length: number; iv: string };
  sealed: string;
}

/** Limits of a key file, as crypto/keystore has them. */
export const minPassphrase = 8;
const iterations = 600_000;
const maxIterations = 10_000_000;
const maxFile = 16 << 10;
const version = 1;
const saltSize = 16;
const nonceSize = 12;
const keyBits = 256;

/** Whether a passphrase is long enough to seal with. */
export function passphraseFits(passphrase: string): boolean {
  return [...passphrase].length >= minPassphrase;
}

/** Whether a text says that it is a key file of the format. */
export function isKeyFile(text: string, format: KeyFormat): boolean {
  try {
    return (JSON.parse(text) as Partial<KeyDocument>).format === format;
  } catch {
    return false;
  }
}

/** Seals a secret into a key file. CLIENT_WEAK_PASSPHRASE. */
export async function sealSecret(format: KeyFormat, kid: string, half: Bytes, secret: Bytes, passphrase: string): Promise<string> {
  if (!passphraseFits(passphrase)) refuse("CLIENT_WEAK_PASSPHRASE", `at least ${minPassphrase} characters`);
  const salt = random(saltSize);
  const iv = random(nonceSize);
  const aes = await passphraseKey(passphrase, salt, iterations, "encrypt");
  const sealed = new Uint8Array(await crypto.subtle.encrypt(gcm(format, kid, iv), aes, secret));
  const document: KeyDocument = {
    format,
    version,
    kid,
    public: base64url(half),
    kdf: { name: "PBKDF2", hash: "SHA-256", iterations, salt: base64url(salt) },
    cipher: { name: "AES-GCM", length: keyBits, iv: base64url(iv) },
    sealed: base64url(sealed),
  };
  return JSON.stringify(document, null, 2) + "\n";
}

/** Checks everything about a key file that needs neither passphrase nor key, cheapest first. CLIENT_KEY_FILE. */
export function readDocument(text: string, format: KeyFormat): KeyDocument {
  if (text.length > maxFile) refuse("CLIENT_KEY_FILE", `more than ${maxFile} bytes`);
  const d = parseDocument(text);
  if (d.format !== format || d.version !== version) refuse("CLIENT_KEY_FILE", "another format or version");
  if (d.kdf.name !== "PBKDF2" || d.kdf.hash !== "SHA-256") refuse("CLIENT_KEY_FILE", "an unknown derivation");
  if (!Number.isInteger(d.kdf.iterations) || d.kdf.iterations < iterations || d.kdf.iterations > maxIterations) {
    refuse("CLIENT_KEY_FILE", `${d.kdf.iterations} iterations`);
  }
  if (d.cipher.name !== "AES-GCM" || d.cipher.length !== keyBits) refuse("CLIENT_KEY_FILE", "an unknown cipher");
  return d;
}

/** Opens the secret of a document that readDocument gave. CLIENT_KEY_FILE, CLIENT_PASSPHRASE. */
export async function openSecret(d: KeyDocument, passphrase: string): Promise<Bytes> {
  const salt = decode("salt", d.kdf.salt, saltSize);
  const iv = decode("iv", d.cipher.iv, nonceSize);
  const sealed = decode("sealed", d.sealed);
  const aes = await passphraseKey(passphrase, salt, d.kdf.iterations, "decrypt");
  try {
    return new Uint8Array(await crypto.subtle.decrypt(gcm(d.format, d.kid, iv), aes, sealed));
  } catch {
    return refuse("CLIENT_PASSPHRASE", `key ${d.kid}`);
  }
}

function gcm(format: string, kid: string, iv: Bytes): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: utf8(`${format}/${version}:${kid}`) };
}

async function passphraseKey(passphrase: string, salt: Bytes, rounds: number, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8(passphrase), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: keyBits }, false, [use]);
}

/** Reads the JSON of a key file: exactly its members, each of its type. */
function parseDocument(text: string): KeyDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("CLIENT_KEY_FILE", "not JSON");
  }
  const members = (v: unknown, shape: Record<string, "string" | "number" | "object">): boolean => {
    if (typeof v !== "object" || v === null || Array.isArray(v)) return false;
    const entries = Object.entries(v);
    return entries.length === Object.keys(shape).length && entries.every(([k, x]) => typeof x === shape[k]);
  };
  const top = { format: "string", version: "number", kid: "string", public: "string", kdf: "object", cipher: "object", sealed: "string" } as const;
  if (
    !members(value, top) ||
    !members((value as KeyDocument).kdf, { name: "string", hash: "string", iterations: "number", salt: "string" }) ||
    !members((value as KeyDocument).cipher, { name: "string", length: "number", iv: "string" })
  ) {
    return refuse("CLIENT_KEY_FILE", "not the members of a key file");
  }
  return value as KeyDocument;
}

function decode(name: string, text: string, size?: number): Bytes {
  let bytes: Bytes;
  try {
    bytes = fromBase64url(text);
  } catch {
    return refuse("CLIENT_KEY_FILE", `${name} is not base64url`);
  }
  if (size !== undefined && bytes.length !== size) refuse("CLIENT_KEY_FILE", `${name} has ${bytes.length} bytes`);
  return bytes;
}
