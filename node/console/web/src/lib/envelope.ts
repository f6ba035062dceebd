/**
 * Documents sealed for several recipients, and commitments to them, exactly as crypto/envelope: what account numbers and
 * quotes become before they go on the ledger. HPKE (RFC 9180) base mode with X-Wing, HKDF-SHA-256 and AES-256-GCM wraps
 * a content key; AES-256-GCM seals the content.
 */
import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";

import { type Bytes, compare, concat, copy, equal, fromHex, hex, random, uint32, utf8 } from "./base64";
import { sha256 } from "./digest";
import { isKeyFile, openSecret, readDocument, sealSecret } from "./keyfile";
import { refuse } from "./problem";

/** Limits of a sealed document. */
export const maxRecipients = 32;
export const maxPlaintext = 64 << 10;
export const maxContext = 1 << 10;
export const saltSize = 16;

/** Length of a public encryption key in bytes. */
export const encryptionKeySize = 1216;

const version = 1;
const suiteNumber = 1;
const headerSize = 3;
const idSize = 32;
const encapsulatedSize = 1120;
const contentKeySize = 32;
const tagSize = 16;
const wrappedSize = encapsulatedSize + contentKeySize + tagSize;
const entrySize = idSize + wrappedSize;
const nonceSize = 12;
const seedSize = 32;

const wrapDomain = utf8("tierledger/envelope-wrap/1\0");
const contentDomain = utf8("tierledger/envelope-content/1\0");
const commitDomain = utf8("tierledger/envelope-commitment/1\0");
const keyIdDomain = utf8("tierledger/envelope-key/1\0");

const kem = new XWing();
const suite = new CipherSuite({ kem, kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** The key a document is sealed to. */
export interface EncryptionPublicKey {
  /** SHA-256 of a domain and the key, in lower-case hexadecimal. */
  id: string;
  raw: Bytes;
}

/** Reads a public encryption key; BAD_KEY for bytes of another length. */
export async function parseEncryptionKey(raw: Uint8Array): Promise<EncryptionPublicKey> {
  if (raw.length !== encryptionKeySize) refuse("BAD_KEY", `an encryption key of ${raw.length} bytes, want ${encryptionKeySize}`);
  return { id: hex(await sha256(concat(keyIdDomain, raw))), raw: copy(raw) };
}

/** An encryption key wrapped with a key that nobody gets out of the browser. */
export interface WrappedKey {
  iv: Bytes;
  sealed: Bytes;
}

/** A key that opens what was sealed to its public half. The seed is never given out but wrapped or sealed in a file. */
export class EncryptionKey {
  readonly public: EncryptionPublicKey;
  readonly #seed: Bytes;

  private constructor(half: EncryptionPublicKey, seed: Bytes) {
    this.public = half;
    this.#seed = seed;
  }

  /** Makes a key. */
  static async make(): Promise<EncryptionKey> {
    return EncryptionKey.fromSeed(random(seedSize));
  }

  /** Takes the 32 bytes of a seed, as the command line keeps it in a file; BAD_KEY for another length. */
  static async fromSeed(seed: Uint8Array): Promise<EncryptionKey> {
    if (seed.length !== seedSize) refuse("BAD_KEY", `an encryption key of ${seed.length} bytes, want ${seedSize}`);
    const pair = await kem.generateKeyPairDerand(copy(seed));
    const raw = new Uint8Array(await kem.serializePublicKey(pair.publicKey));
    return new EncryptionKey(await parseEncryptionKey(raw), copy(seed));
  }

  /** Unwraps what wrap wrapped. CLIENT_SEALED when the wrapping key or the bytes are others. */
  static async unwrap(wrapped: WrappedKey, wrapping: CryptoKey): Promise<EncryptionKey> {
    let seed: Bytes;
    try {
      seed = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: wrapped.iv }, wrapping, wrapped.sealed));
    } catch {
      return refuse("CLIENT_SEALED", "the key that is kept in this browser");
    }
    return EncryptionKey.fromSeed(seed);
  }

  /** Opens a file that sealedFile wrote: CLIENT_KEY_FILE, CLIENT_PASSPHRASE. */
  static async openFile(text: string, passphrase: string): Promise<EncryptionKey> {
    const file = readDocument(text, keyFormat);
    const seed = await openSecret(file, passphrase);
    const key = await EncryptionKey.fromSeed(seed);
    if (key.public.id !== file.kid) refuse("CLIENT_KEY_FILE", "it holds another key than it says");
    return key;
  }

  /** Wraps the seed for the vault. */
  async wrap(wrapping: CryptoKey): Promise<WrappedKey> {
    const iv = random(nonceSize);
    return { iv, sealed: new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, wrapping, this.#seed)) };
  }

  /** Seals the seed into a file that only the passphrase opens: the copy that a person keeps. CLIENT_WEAK_PASSPHRASE. */
  sealedFile(passphrase: string): Promise<string> {
    return sealSecret(keyFormat, this.public.id, this.public.raw, this.#seed, passphrase);
  }

  /** Opens a sealed document with the context it was sealed with. CLIENT_SEALED says why it does not open. */
  async open(sealed: Uint8Array, context: Uint8Array): Promise<Bytes> {
    const p = parse(sealed);
    const wrapped = entries(p.head).find((entry) => hex(entry.subarray(0, idSize)) === this.public.id);
    if (!wrapped) return refuse("CLIENT_SEALED", "it is sealed to others");
    try {
      const pair = await kem.generateKeyPairDerand(copy(this.#seed));
      const contentKey = await suite.open(
        {
          recipientKey: pair.privateKey,
          enc: copy(wrapped.subarray(idSize, idSize + encapsulatedSize)),
          info: wrapInfo(wrapped.subarray(0, idSize), context),
        },
        copy(wrapped.subarray(idSize + encapsulatedSize)),
      );
      const aes = await crypto.subtle.importKey("raw", contentKey, "AES-GCM", false, ["decrypt"]);
      const parameters = { name: "AES-GCM", iv: copy(p.nonce), additionalData: contentInfo(p.head, context) };
      return new Uint8Array(await crypto.subtle.decrypt(parameters, aes, copy(p.ciphertext)));
    } catch {
      return refuse("CLIENT_SEALED", "it, its recipients or its context were changed");
    }
  }

  /** Opens what sealCommitted sealed and checks it against the commitment on the ledger (CLIENT_COMMITMENT). */
  async openCommitted(sealed: Uint8Array, context: Uint8Array, commitment: Uint8Array): Promise<Bytes> {
    const opened = await this.open(sealed, context);
    const [salt, plaintext] = [opened.slice(0, saltSize), opened.slice(saltSize)];
    if (opened.length < saltSize || !equal(await commit(salt, plaintext), commitment)) {
      refuse("CLIENT_COMMITMENT", "the commitment does not fit");
    }
    return plaintext;
  }
}

const keyFormat = "tierledger-encryption-key";

/** Whether a text says that it is the file of an encryption key. */
export function isEncryptionKeyFile(text: string): boolean {
  return isKeyFile(text, keyFormat);
}

/** The commitment to a document: HMAC-SHA-256 under the salt over a domain and the document. */
export async function commit(salt: Uint8Array, plaintext: Uint8Array): Promise<Bytes> {
  const key = await crypto.subtle.importKey("raw", copy(salt), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, concat(commitDomain, plaintext)));
}

/** Seals a document to its recipients, in any order. TOO_LARGE; BAD_KEY for a list that is empty, too long or names one twice. */
export async function seal(plaintext: Uint8Array, context: Uint8Array, recipients: readonly EncryptionPublicKey[]): Promise<Bytes> {
  if (plaintext.length > maxPlaintext || context.length > maxContext) refuse("TOO_LARGE", `a document of ${plaintext.length} bytes`);
  const ordered = recipients.map((r) => ({ raw: r.raw, id: fromHex(r.id) })).sort((a, b) => compare(a.id, b.id));
  const repeated = ordered.some((r, i) => i > 0 && equal(r.id, ordered[i - 1]?.id ?? r.raw));
  if (ordered.length === 0 || ordered.length > maxRecipients || repeated) refuse("BAD_KEY", `${recipients.length} recipients`);
  const contentKey = random(contentKeySize);
  const parts: Uint8Array[] = [Uint8Array.of(version, suiteNumber, ordered.length)];
  for (const recipient of ordered) {
    let key: CryptoKey;
    try {
      key = await kem.deserializePublicKey(recipient.raw);
    } catch {
      return refuse("BAD_KEY", "a recipient's encryption key");
    }
    const sender = { recipientPublicKey: key, info: wrapInfo(recipient.id, context) };
    const { ct, enc } = await suite.seal(sender, contentKey);
    parts.push(recipient.id, new Uint8Array(enc), new Uint8Array(ct));
  }
  const head = concat(...parts);
  const nonce = random(nonceSize);
  const aes = await crypto.subtle.importKey("raw", contentKey, "AES-GCM", false, ["encrypt"]);
  const parameters = { name: "AES-GCM", iv: nonce, additionalData: contentInfo(head, context) };
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(parameters, aes, copy(plaintext)));
  contentKey.fill(0);
  return concat(head, nonce, ciphertext);
}

/** Seals a document with a fresh salt and gives the commitment that goes on the ledger beside it. */
export async function sealCommitted(
  plaintext: Uint8Array, context: Uint8Array, recipients: readonly EncryptionPublicKey[],
): Promise<{ commitment: Bytes; sealed: Bytes }> {
  const salt = random(saltSize);
  return { commitment: await commit(salt, plaintext), sealed: await seal(concat(salt, plaintext), context, recipients) };
}

/** The ids of the keys that a sealed document says it is sealed to. CLIENT_SEALED for what is none. */
export function recipientsOf(sealed: Uint8Array): string[] {
  return entries(parse(sealed).head).map((entry) => hex(entry.subarray(0, idSize)));
}

interface Parsed {
  head: Uint8Array;
  nonce: Uint8Array;
  ciphertext: Uint8Array;
}

function parse(sealed: Uint8Array): Parsed {
  const count = sealed[2] ?? 0;
  const end = headerSize + count * entrySize;
  const content = sealed.length - end - nonceSize - tagSize;
  const fits = sealed[0] === version && sealed[1] === suiteNumber && count > 0 && count <= maxRecipients;
  if (!fits || content < 0 || content > maxPlaintext) refuse("CLIENT_SEALED", "not a sealed document");
  const head = sealed.subarray(0, end);
  const ids = entries(head).map((entry) => entry.subarray(0, idSize));
  if (ids.some((id, i) => i > 0 && compare(ids[i - 1] ?? id, id) >= 0)) refuse("CLIENT_SEALED", "recipients are not in order");
  return { head, nonce: sealed.subarray(end, end + nonceSize), ciphertext: sealed.subarray(end + nonceSize) };
}

function entries(head: Uint8Array): Uint8Array[] {
  const list: Uint8Array[] = [];
  for (let at = headerSize; at < head.length; at += entrySize) list.push(head.subarray(at, at + entrySize));
  return list;
}

function wrapInfo(id: Uint8Array, context: Uint8Array): Bytes {
  return concat(wrapDomain, id, context);
}

function contentInfo(head: Uint8Array, context: Uint8Array): Bytes {
  return concat(contentDomain, uint32(head.length), head, context);
}
