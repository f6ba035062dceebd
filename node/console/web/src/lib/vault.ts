/**
 * What one browser keeps for its people, in IndexedDB: identities with private keys that nobody gets out again, the
 * outbox of signed transactions, the keys to which quotes are sealed, and members' encryption keys.
 *
 * Nothing of it is sent anywhere. Whoever uses the browser can sign with the identities in it until they are forgotten.
 */
import { EncryptionKey, type WrappedKey } from "./envelope";
import type { SigningKey } from "./keys";
import { Problem, refuse } from "./problem";
import type { PersonRole } from "./records";
import type { Algorithm } from "./spki";

/** A person of a member who signs in this browser. */
export interface Identity extends SigningKey {
  /** Social credit code, empty while the key is registered nowhere yet. */
  member: string;
  memberName: string;
  /** The member's own word for the person. */
  person: string;
  roles: PersonRole[];
  network: string;
  /** When it was added, milliseconds since 1970. */
  added: number;
}

/** What is known of a signed transaction. */
export type OutboxState = "unsent" | "sent" | "final" | "failed";

/** A signed transaction as the outbox keeps it. */
export interface OutboxEntry {
  /** The transaction's id. */
  id: string;
  compact: string;
  function: string;
  /** JSON of the argument, for people to read again. */
  argument: string;
  kid: string;
  network: string;
  /** Unix second of ledger time from which it can no longer take effect. */
  expires: number;
  /** When it was signed, milliseconds since 1970. */
  signed: number;
  state: OutboxState;
  /** Code of the refusal, or empty. */
  code: string;
}

/** Where signed transactions are kept before they are sent; Vault is one. */
export interface Outbox {
  put(entry: OutboxEntry): Promise<void>;
  settle(id: string, state: OutboxState, code: string): Promise<void>;
}

interface KeptKey extends WrappedKey {
  id: string;
  /** Whose key it is: a request's reply key, or a member's. */
  use: "reply" | "member";
  /** Social credit code of the member. */
  member: string;
  added: number;
}

interface Wrapping {
  id: "wrapping";
  key: CryptoKey;
}

const stores = { identities: "kid", outbox: "id", keys: "id", wrapping: "id" } as const;
type Store = keyof typeof stores;

const keptOutbox = 500;

/** The vault of this browser. */
export class Vault implements Outbox {
  private constructor(private readonly db: IDBDatabase) {}

  /** Opens the vault, or makes it. CLIENT_STORAGE when the browser does not allow it. */
  static async open(name = "tierledger"): Promise<Vault> {
    if (typeof indexedDB === "undefined") refuse("CLIENT_STORAGE", "no IndexedDB");
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      for (const [store, keyPath] of Object.entries(stores)) opening.result.createObjectStore(store, { keyPath });
    };
    const db = await answer(opening);
    db.onversionchange = () => db.close();
    return new Vault(db);
  }

  /** Closes the vault. */
  close(): void {
    this.db.close();
  }

  /** Adds an identity, or replaces what is known of its key. Refuses with BAD_KEY a key that could be taken out. */
  async addIdentity(identity: Identity): Promise<void> {
    if (identity.privateKey.extractable) refuse("BAD_KEY", "the private key could be taken out of the browser");
    await this.write("identities", identity);
  }

  /** All identities, the one added last first. */
  async identities(): Promise<Identity[]> {
    return (await this.all<Identity>("identities")).sort((a, b) => b.added - a.added);
  }

  /** Forgets an identity and its key. Whoever has no copy of the key file loses the key. */
  async removeIdentity(kid: string): Promise<void> {
    await this.remove("identities", kid);
  }

  /** Keeps a signed transaction. It is called before anything is sent. */
  async put(entry: OutboxEntry): Promise<void> {
    await this.write("outbox", entry);
  }

  /** Notes what became of a transaction. An outcome that is known stays. */
  async settle(id: string, state: OutboxState, code: string): Promise<void> {
    const entry = await this.read<OutboxEntry>("outbox", id);
    if (!entry || entry.state === "final" || entry.state === "failed") return;
    await this.write("outbox", { ...entry, state, code });
    if (state === "final" || state === "failed") await this.trim();
  }

  /** The transactions that were signed here, the latest first. */
  async outbox(): Promise<OutboxEntry[]> {
    return (await this.all<OutboxEntry>("outbox")).sort((a, b) => b.signed - a.signed);
  }

  /** Makes the key to which the quotes for a new request are sealed, and keeps it before the request is signed. */
  async makeReplyKey(member: string): Promise<EncryptionKey> {
    const key = await EncryptionKey.make();
    await this.keepKey(key, "reply", member);
    return key;
  }

  /** Keeps a member's encryption key. */
  async keepMemberKey(key: EncryptionKey, member: string): Promise<void> {
    await this.keepKey(key, "member", member);
  }

  /** The kept encryption key of this id, or null. */
  async encryptionKey(id: string): Promise<EncryptionKey | null> {
    const kept = await this.read<KeptKey>("keys", id);
    return kept ? EncryptionKey.unwrap(kept, await this.wrappingKey()) : null;
  }

  /** The ids of a member's encryption keys that are kept here. */
  async memberKeys(member: string): Promise<string[]> {
    const keys = await this.all<KeptKey>("keys");
    return keys.filter((k) => k.use === "member" && k.member === member).map((k) => k.id);
  }

  private async keepKey(key: EncryptionKey, use: KeptKey["use"], member: string): Promise<void> {
    const wrapped = await key.wrap(await this.wrappingKey());
    const kept: KeptKey = { ...wrapped, id: key.public.id, use, member, added: Date.now() };
    await this.write("keys", kept);
  }

  /** The key that wraps the others; it never leaves the browser. Two tabs that make it at once end with the same one. */
  private async wrappingKey(): Promise<CryptoKey> {
    const known = await this.read<Wrapping>("wrapping", "wrapping");
    if (known) return known.key;
    const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    const transaction = this.db.transaction("wrapping", "readwrite", { durability: "strict" });
    const store = transaction.objectStore("wrapping");
    const getting = store.get("wrapping") as IDBRequest<Wrapping | undefined>;
    let kept: CryptoKey = key;
    getting.onsuccess = () => {
      if (getting.result) kept = getting.result.key;
      else store.put({ id: "wrapping", key } satisfies Wrapping);
    };
    await done(transaction);
    return kept;
  }

  /** Drops the oldest settled transactions beyond a bound; what may still take effect stays. */
  private async trim(): Promise<void> {
    const settled = (await this.outbox()).filter((e) => e.state === "final" || e.state === "failed");
    for (const entry of settled.slice(keptOutbox)) await this.remove("outbox", entry.id);
  }

  private async read<T>(store: Store, key: string): Promise<T | undefined> {
    return answer(this.db.transaction(store).objectStore(store).get(key) as IDBRequest<T | undefined>);
  }

  private async all<T>(store: Store): Promise<T[]> {
    return answer(this.db.transaction(store).objectStore(store).getAll() as IDBRequest<T[]>);
  }

  private async write(store: Store, value: Identity | OutboxEntry | KeptKey): Promise<void> {
    const transaction = this.db.transaction(store, "readwrite", { durability: "strict" });
    transaction.objectStore(store).put(value);
    await done(transaction);
  }

  private async remove(store: Store, key: string): Promise<void> {
    const transaction = this.db.transaction(store, "readwrite", { durability: "strict" });
    transaction.objectStore(store).delete(key);
    await done(transaction);
  }
}

/** Makes an identity of an opened key and what the registry says of it. */
export function identityOf(
  key: SigningKey, known: { member: string; memberName: string; person: string; roles: PersonRole[]; network: string },
): Identity {
  const algorithm: Algorithm = key.algorithm;
  return { algorithm, kid: key.kid, spki: key.spki, privateKey: key.privateKey, ...known, added: Date.now() };
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(storageProblem(request.error));
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = () => reject(storageProblem(transaction.error));
    transaction.onabort = () => reject(storageProblem(transaction.error));
  });
}

function storageProblem(error: DOMException | null): Problem {
  return new Problem({ code: "CLIENT_STORAGE", detail: error?.message ?? "the browser's storage failed" });
}
