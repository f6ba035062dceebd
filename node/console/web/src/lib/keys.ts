/**
 * Signing keys of people: made, sealed into and opened from the key file of crypto/keystore, and used.
 *
 * At rest in the browser a private key is a CryptoKey that gives nobody its bytes. The bytes exist only while a key is
 * made or a file is opened, inside this file, and leave it only sealed.
 */
import { type Bytes, copy, fromBase64url, random } from "./base64";
import { type KeyDocument, openSecret, readDocument, sealSecret } from "./keyfile";
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

const format = "tierledger-key";

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

/**
 * Makes a P-256 key. It is extractable only until it is sealed into the file; what is returned is imported anew and is
 * not. CLIENT_WEAK_PASSPHRASE.
 */
export async function makeKey(passphrase: string): Promise<MadeKey> {
  const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const secret = new Uint8Array(await crypto.subtle.exportKey("pkcs8", pair.privateKey));
  try {
    const half = await parsePublicKey(new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey)));
    const file = await sealSecret(format, half.kid, half.spki, secret, passphrase);
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
  const { document, half } = await read(text);
  const secret = await openSecret(document, passphrase);
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

/** Reads a key file with its public half. */
async function read(text: string): Promise<{ document: KeyDocument; half: PublicKey }> {
  const document = readDocument(text, format);
  let half: PublicKey;
  try {
    half = await parsePublicKey(fromBase64url(document.public));
  } catch (error) {
    if (error instanceof Problem || error instanceof RangeError) refuse("CLIENT_KEY_FILE", "no public key in it");
    throw error;
  }
  if (half.kid !== document.kid) refuse("CLIENT_KEY_FILE", "its kid is not that of its public key");
  return { document, half };
}
