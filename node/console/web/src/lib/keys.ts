/**
 * Signing keys of people: made, sealed into and opened from the key file of crypto/keystore, and used.
 *
 * At rest in the browser a private key is a CryptoKey that gives nobody its bytes. The bytes exist only while a key is
 * made or a file is opened, inside this file, and leave it only sealed.
 */
import { type Bytes, base64url, copy, fromBase64url, random, utf8 } from "./base64";
import { Problem, refuse } from "./problem";
import { type Algorithm, type PublicKey, parsePublicKey } from "./spki";

/** A key that signs. Its private half is not extractable. */
export interface SigningKey extends PublicKey {
  privateKey: CryptoKey;
}

/** A key just made, with the file that is the only copy of it. */
export interface MadeKey {
  key: SigningKey;
  /** The key file, to be downloaded by the person. */
  file: string;
  /** A name for the file. */
  fileName: string;
}

/** Limits of a key file, as crypto/keystore has them. */
export const minPassphrase = 8;
const iterations = 600_000;
const maxIterations = 10_000_000;
const maxFile = 16 << 10;
const format = "tierledger-key";
const version = 1;
const saltSize = 16;
const nonceSize = 12;
const keyBits = 256;

type Parameters = { name: string; namedCurve?: string };

const generation: Record<Algorithm, Parameters> = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  EdDSA: { name: "Ed25519" },
};
const signing: Record<Algorithm, { name: string; hash?: string }> = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
};

/** Signs a message: 64 bytes, r||s for ES256. */
export async function sign(key: SigningKey, message: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(signing[key.algorithm], key.privateKey, copy(message)));
}

/** Whether a signature is the key's over the message. */
export async function verify(key: PublicKey, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  const publicKey = await crypto.subtle.importKey("spki", key.spki, generation[key.algorithm], true, ["verify"]);
  return crypto.subtle.verify(signing[key.algorithm], publicKey, copy(signature), copy(message));
}

/** Whether a passphrase is long enough to seal with. */
export function passphraseFits(passphrase: string): boolean {
  return [...passphrase].length >= minPassphrase;
}

/**
 * Makes a P-256 key. It is extractable only until it is sealed into the file; what is returned is imported anew and is
 * not. CLIENT_WEAK_PASSPHRASE.
 */
export async function makeKey(passphrase: string): Promise<MadeKey> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const secret = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  try {
    const half = await parsePublicKey(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)));
    const file = await seal(half, secret, passphrase);
    return { key: await importSecret(half, secret), file, fileName: `tierledger-${half.kid.slice(0, 12)}.key` };
  } finally {
    secret.fill(0);
  }
}

/**
 * Opens a key file. A file that is none is CLIENT_KEY_FILE, a wrong passphrase CLIENT_PASSPHRASE, an algorithm that the
 * browser lacks CLIENT_ALGORITHM. It takes a good part of a second on purpose.
 */
export async function openKeyFile(text: string, passphrase: string): Promise<SigningKey> {
  const { document: d, half } = await read(text);
  const salt = decode("salt", d.kdf.salt, saltSize);
  const iv = decode("iv", d.cipher.iv, nonceSize);
  const sealed = decode("sealed", d.sealed);
  const aes = await passphraseKey(passphrase, salt, d.kdf.iterations, "decrypt");
  let secret: Bytes;
  try {
    const parameters = { name: "AES-GCM", iv, additionalData: additionalData(d.kid) };
    secret = new Uint8Array(await crypto.subtle.decrypt(parameters, aes, sealed));
  } catch {
    return refuse("CLIENT_PASSPHRASE", `key ${d.kid}`);
  }
  try {
    return await importSecret(half, secret);
  } finally {
    secret.fill(0);
  }
}

/** Reads whose key file it is, without the passphrase. The file says so; only openKeyFile proves it. */
export async function readKeyFile(text: string): Promise<PublicKey> {
  return (await read(text)).half;
}

/** Whether this browser can use keys of the algorithm. */
export async function supports(algorithm: Algorithm): Promise<boolean> {
  try {
    await crypto.subtle.generateKey(generation[algorithm], false, ["sign", "verify"]);
    return true;
  } catch {
    return false;
  }
}

interface KeyDocument {
  format: string;
  version: number;
  kid: string;
  public: string;
  kdf: { name: string; hash: string; iterations: number; salt: string };
  cipher: { name: string; length: number; iv: string };
  sealed: string;
}

/** Seals the key in PKCS #8 into a key file. */
async function seal(half: PublicKey, secret: Bytes, passphrase: string): Promise<string> {
  if (!passphraseFits(passphrase)) refuse("CLIENT_WEAK_PASSPHRASE", `at least ${minPassphrase} characters`);
  const salt = random(saltSize);
  const iv = random(nonceSize);
  const aes = await passphraseKey(passphrase, salt, iterations, "encrypt");
  const parameters = { name: "AES-GCM", iv, additionalData: additionalData(half.kid) };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(parameters, aes, secret));
  const document: KeyDocument = {
    format,
    version,
    kid: half.kid,
    public: base64url(half.spki),
    kdf: { name: "PBKDF2", hash: "SHA-256", iterations, salt: base64url(salt) },
    cipher: { name: "AES-GCM", length: keyBits, iv: base64url(iv) },
    sealed: base64url(sealed),
  };
  return JSON.stringify(document, null, 2) + "\n";
}

/** Imports a PKCS #8 key so that nobody gets it out again, and proves that it is the private half of the public one. */
async function importSecret(half: PublicKey, secret: Bytes): Promise<SigningKey> {
  let privateKey: CryptoKey;
  try {
    privateKey = await crypto.subtle.importKey("pkcs8", secret, generation[half.algorithm], false, ["sign"]);
  } catch {
    if (!(await supports(half.algorithm))) refuse("CLIENT_ALGORITHM", half.algorithm);
    return refuse("CLIENT_KEY_FILE", "it holds no key of its algorithm");
  }
  const key: SigningKey = { ...half, privateKey };
  const challenge = random(32);
  if (!(await verify(half, challenge, await sign(key, challenge)))) {
    refuse("CLIENT_KEY_FILE", `it says ${half.kid} and holds another key`);
  }
  return key;
}

function additionalData(kid: string): Bytes {
  return utf8(`${format}/${version}:${kid}`);
}

async function passphraseKey(passphrase: string, salt: Bytes, rounds: number, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", utf8(passphrase), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(derivation, material, { name: "AES-GCM", length: keyBits }, false, [use]);
}

/** Checks everything about a key file that needs no passphrase, cheapest first. */
async function read(text: string): Promise<{ document: KeyDocument; half: PublicKey }> {
  if (text.length > maxFile) refuse("CLIENT_KEY_FILE", `more than ${maxFile} bytes`);
  const d = parseDocument(text);
  if (d.format !== format || d.version !== version) refuse("CLIENT_KEY_FILE", "another format or version");
  if (d.kdf.name !== "PBKDF2" || d.kdf.hash !== "SHA-256") refuse("CLIENT_KEY_FILE", "an unknown derivation");
  if (!Number.isInteger(d.kdf.iterations) || d.kdf.iterations < iterations || d.kdf.iterations > maxIterations) {
    refuse("CLIENT_KEY_FILE", `${d.kdf.iterations} iterations`);
  }
  if (d.cipher.name !== "AES-GCM" || d.cipher.length !== keyBits) refuse("CLIENT_KEY_FILE", "an unknown cipher");
  let half: PublicKey;
  try {
    half = await parsePublicKey(fromBase64url(d.public));
  } catch (error) {
    if (error instanceof Problem || error instanceof RangeError) refuse("CLIENT_KEY_FILE", "no public key in it");
    throw error;
  }
  if (half.kid !== d.kid) refuse("CLIENT_KEY_FILE", "its kid is not that of its public key");
  return { document: d, half };
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
