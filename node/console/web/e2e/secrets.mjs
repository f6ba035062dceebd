// What must never leave a browser: private keys, passphrases and sealed key files; and
// how to find them in whatever was sent or stored, however it was written.
import assert from "node:assert/strict";
import { createPrivateKey, webcrypto } from "node:crypto";
import { readFile } from "node:fs/promises";

const { subtle } = webcrypto;

async function passphraseKey(file, passphrase, use) {
  const material = await subtle.importKey("raw", Buffer.from(passphrase), "PBKDF2", false, ["deriveKey"]);
  const derivation = { name: "PBKDF2", hash: "SHA-256", salt: Buffer.from(file.kdf.salt, "base64url"), iterations: file.kdf.iterations };
  return subtle.deriveKey(derivation, material, { name: "AES-GCM", length: 256 }, false, [use]);
}

const parametersOf = (file) => ({
  name: "AES-GCM", iv: Buffer.from(file.cipher.iv, "base64url"), additionalData: Buffer.from(`${file.format}/${file.version}:${file.kid}`),
});

/** Opens a key file: PKCS #8 of a key for signing, the seed of a key for encryption. */
async function openFile(text, passphrase) {
  const file = JSON.parse(text);
  const key = await passphraseKey(file, passphrase, "decrypt");
  return Buffer.from(await subtle.decrypt(parametersOf(file), key, Buffer.from(file.sealed, "base64url")));
}

/** Seals the key of a file anew under another passphrase. */
export async function sealAnew(path, passphrase, other) {
  const text = await readFile(path, "utf8");
  const file = JSON.parse(text);
  const secret = await openFile(text, passphrase);
  const key = await passphraseKey(file, other, "encrypt");
  const sealed = await subtle.encrypt(parametersOf(file), key, secret);
  return JSON.stringify({ ...file, sealed: Buffer.from(sealed).toString("base64url") }, null, 2) + "\n";
}

/**
 * The secrets of a key file, as bytes by name. The passphrase is one of them only when it is no other word.
 * @returns {Promise<Map<string, Buffer>>}
 */
export async function secretsOf(text, passphrase, named = false) {
  const file = JSON.parse(text);
  const secret = await openFile(text, passphrase);
  const found = new Map([["private key", secret], ["sealed key", Buffer.from(file.sealed, "base64url")]]);
  if (file.format === "tierledger-key") {
    const { d } = createPrivateKey({ key: secret, format: "der", type: "pkcs8" }).export({ format: "jwk" });
    found.set("private scalar", Buffer.from(d, "base64url"));
  }
  if (named) found.set("passphrase", Buffer.from(passphrase));
  return found;
}

/** Adds the secrets of key files to look for. */
export async function secretsIn(paths, passphrase) {
  const all = [];
  for (const path of paths) all.push(...(await secretsOf(await readFile(path, "utf8"), passphrase)));
  return all;
}

const depth = 3; // a token within a body within a batch

/** The name of a secret that a text has in it: as it is, in hexadecimal digits, in base64 of any kind, or within such. */
export function leakIn(text, secrets, level = 0) {
  for (const [name, bytes] of secrets) {
    const forms = [bytes.toString("latin1"), bytes.toString("base64").replaceAll("=", ""), bytes.toString("base64url"), encodeURIComponent(bytes.toString("base64"))];
    if (forms.some((form) => text.includes(form)) || text.toLowerCase().includes(bytes.toString("hex"))) return name;
  }
  if (level === depth) return "";
  for (const [part] of text.matchAll(/[A-Za-z0-9+/_-]{24,}/g)) {
    const found = leakIn(Buffer.from(part, "base64").toString("latin1"), secrets, level + 1);
    if (found !== "") return found;
  }
  return "";
}

/** Fails when one of the texts has a secret in it. */
export function nothingLeaked(texts, secrets, where) {
  for (const text of texts) {
    const found = leakIn(text, secrets);
    assert.equal(found, "", `${where}: the ${found} is in ${text.slice(0, 200)}`);
  }
}

/** Everything that a page can read of what its browser stores, as texts. */
export function stored(page) {
  return page.evaluate(async () => {
    const texts = [document.cookie, JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    const seen = (value) => {
      if (value instanceof Uint8Array || value instanceof ArrayBuffer) return btoa(String.fromCharCode(...new Uint8Array(value)));
      return value;
    };
    for (const { name, version } of await indexedDB.databases()) {
      const db = await new Promise((resolve, reject) => {
        const opening = indexedDB.open(name, version);
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      for (const store of db.objectStoreNames) {
        const rows = await new Promise((resolve, reject) => {
          const asking = db.transaction(store).objectStore(store).getAll();
          asking.onsuccess = () => resolve(asking.result);
          asking.onerror = () => reject(asking.error);
        });
        texts.push(JSON.stringify(rows, (_, value) => seen(value)));
      }
      db.close();
    }
    return texts;
  });
}

/** Tries to take every key out of the browser's storage, in every way there is; says how many keys there are and which came out. */
export function takeKeys(page) {
  return page.evaluate(async () => {
    const keys = [];
    const collect = (value) => {
      if (value instanceof CryptoKey) keys.push(value);
      else if (value && typeof value === "object" && !ArrayBuffer.isView(value) && !(value instanceof ArrayBuffer)) Object.values(value).forEach(collect);
    };
    for (const { name } of await indexedDB.databases()) {
      const db = await new Promise((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => resolve(opening.result);
      });
      for (const store of db.objectStoreNames) {
        collect(await new Promise((resolve) => {
          const asking = db.transaction(store).objectStore(store).getAll();
          asking.onsuccess = () => resolve(asking.result);
        }));
      }
      db.close();
    }
    const wrapping = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["wrapKey"]);
    const out = [];
    for (const key of keys) {
      for (const format of ["pkcs8", "jwk", "raw"]) {
        const iv = new Uint8Array(12);
        const ways = [() => crypto.subtle.exportKey(format, key), () => crypto.subtle.wrapKey(format, key, wrapping, { name: "AES-GCM", iv })];
        for (const way of ways) {
          await way().then(() => out.push(`${key.type} ${key.algorithm.name} as ${format}`), () => undefined);
        }
      }
      if (key.extractable) out.push(`${key.type} ${key.algorithm.name} is extractable`);
    }
    return { count: keys.filter((key) => key.type !== "public").length, out };
  });
}
