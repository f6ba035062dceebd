import "fake-indexeddb/auto";

import { describe, expect, it } from "vitest";

import { base64, fromBase64, fromHex, fromUtf8, utf8 } from "./base64";
import { openAccount, registeredKey, sealAccount } from "./build";
import { EncryptionKey, commit, parseEncryptionKey, recipientsOf, seal, sealCommitted } from "./envelope";
import { makeKey, sign, verify } from "./keys";
import { Problem } from "./problem";
import { openQuote, sealOf, sealQuote } from "./quote";
import type { Account, Quote, Terms } from "./records";
import { type OutboxEntry, Vault, identityOf } from "./vault";
import vectors from "./vectors.json";

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(() => new Error("it was not refused"), (e: unknown) => e);
  if (!(error instanceof Problem)) throw error;
  return error.code;
}

const v = vectors.envelope;
const context = utf8(v.context);
const vectorKey = (): Promise<EncryptionKey> => EncryptionKey.fromSeed(fromBase64(v.seed));

describe("sealed documents", () => {
  it("of the command line open here", async () => {
    const key = await vectorKey();
    expect(base64(key.public.raw)).toBe(v.public);
    expect(key.public.id).toBe(v.id);
    expect(fromUtf8(await key.open(fromBase64(v.sealed), context))).toBe(v.plaintext);
    expect(recipientsOf(fromBase64(v.sealed))).toEqual([v.id, v.other].sort());
    expect(await commit(fromBase64(v.salt), utf8(v.plaintext))).toEqual(fromHex(v.commitment));
    const committed = await key.openCommitted(fromBase64(v.committed), context, fromHex(v.commitment));
    expect(fromUtf8(committed)).toBe(v.plaintext);
  });

  it("open for each recipient and for nobody else, under their context and unchanged", async () => {
    const [one, two, three] = [await EncryptionKey.make(), await EncryptionKey.make(), await EncryptionKey.make()];
    const sealed = await seal(utf8("text"), context, [one.public, two.public]);
    expect(fromUtf8(await one.open(sealed, context))).toBe("text");
    expect(fromUtf8(await two.open(sealed, context))).toBe("text");
    expect(await codeOf(three.open(sealed, context))).toBe("CLIENT_SEALED");
    expect(await codeOf(one.open(sealed, utf8("other")))).toBe("CLIENT_SEALED");
    for (const at of [0, 1, 2, 40, 1500, sealed.length - 30, sealed.length - 1]) {
      const changed = sealed.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(await codeOf(one.open(changed, context))).toBe("CLIENT_SEALED");
    }
    expect(await codeOf(one.open(sealed.slice(0, 100), context))).toBe("CLIENT_SEALED");
    expect(await codeOf(one.open(new Uint8Array(0), context))).toBe("CLIENT_SEALED");
  });

  it("need one to 32 different recipients and a bounded size", async () => {
    const key = (await EncryptionKey.make()).public;
    expect(await codeOf(seal(utf8("x"), context, []))).toBe("BAD_KEY");
    expect(await codeOf(seal(utf8("x"), context, [key, key]))).toBe("BAD_KEY");
    expect(await codeOf(seal(new Uint8Array((64 << 10) + 1), context, [key]))).toBe("TOO_LARGE");
    expect(await codeOf(parseEncryptionKey(new Uint8Array(10)))).toBe("BAD_KEY");
    expect(await registeredKey("")).toBeNull();
  });

  it("show when they are not what was committed to", async () => {
    const key = await EncryptionKey.make();
    const { commitment, sealed } = await sealCommitted(utf8("text"), context, [key.public]);
    expect(fromUtf8(await key.openCommitted(sealed, context, commitment))).toBe("text");
    commitment[0] = (commitment[0] ?? 0) ^ 1;
    expect(await codeOf(key.openCommitted(sealed, context, commitment))).toBe("CLIENT_COMMITMENT");
  });

  it("keep a seed in a sealed file only", async () => {
    const key = await vectorKey();
    const file = await key.sealedFile("a long passphrase");
    expect(file).not.toContain(v.seed.slice(0, 12));
    expect(JSON.stringify(key)).not.toContain("seed");
    expect((await EncryptionKey.openFile(file, "a long passphrase")).public.id).toBe(v.id);
    expect(await codeOf(EncryptionKey.openFile(file, "another passphrase"))).toBe("CLIENT_PASSPHRASE");
    expect(await codeOf(EncryptionKey.openFile("{}", "a long passphrase"))).toBe("CLIENT_KEY_FILE");
    expect(await codeOf(EncryptionKey.openFile("x", "a long passphrase"))).toBe("CLIENT_KEY_FILE");
    expect(await codeOf(key.sealedFile("short"))).toBe("CLIENT_WEAK_PASSPHRASE");
  });
});

describe("quotes", () => {
  const q = vectors.quote;
  const terms = q.terms as Terms;
  const quoteOf = (sealed: string, digest: string): Quote => ({
    financing: q.financing, bank: q.bank, account: "main", seal: digest, sealed, reserved: [], expires: "", state: "sealed",
    signed: { member: q.bank, person: "", key: null, txId: null, at: null },
  });

  it("have the seal of the ledger and open here", async () => {
    expect(await sealOf(q.financing, q.bank, q.salt, terms)).toBe(q.seal);
    const opened = await openQuote(q.network, quoteOf(q.sealed, q.seal), await vectorKey());
    expect(opened).toEqual({ salt: q.salt, terms });
  });

  it("are sealed here and opened, with terms left out as they were", async () => {
    const key = await EncryptionKey.make();
    const plain: Terms = {
      ...terms, valueDate: null, guarantor: "", guarantee: "0.00", guaranteeFee: "0.00", guaranteeContract: null,
    };
    const of = { network: q.network, financing: q.financing, bank: q.bank, replyKey: base64(key.public.raw) };
    const sealed = await sealQuote(of, plain);
    expect((await openQuote(q.network, quoteOf(sealed.sealed, sealed.seal), key)).terms).toEqual(plain);
    expect(await codeOf(openQuote(q.network, quoteOf(sealed.sealed, q.seal), key))).toBe("QUOTE_ALTERED");
    expect(await codeOf(openQuote("other-net", quoteOf(sealed.sealed, sealed.seal), key))).toBe("CLIENT_SEALED");
  });

  it("that are no quotes are refused", async () => {
    const key = await EncryptionKey.make();
    const under = utf8(`tierledger quote ${q.network}/${q.financing}/${q.bank}`);
    for (const text of ["", "[]", "{}", '{"salt":"x","terms":{}}', `{"salt":"${q.salt}","terms":{"basis":360,"rate":1}}`]) {
      const sealed = await seal(utf8(text), under, [key.public]);
      expect(await codeOf(openQuote(q.network, quoteOf(base64(sealed), q.seal), key))).toBe("QUOTE_ALTERED");
    }
  });
});

describe("accounts", () => {
  it("are sealed for their member and bank and checked when they are opened", async () => {
    const [member, bank] = [await EncryptionKey.make(), await EncryptionKey.make()];
    const id = "91330100000869877P";
    const text = { number: "6222020200112233445", name: "华光精密机械" };
    const { argument } = await sealAccount(id, "main", "91330100014163393E", text, [member.public, bank.public]);
    const account: Account = {
      member: id, id: "main", bank: argument.bank, commitment: argument.commitment, sealed: argument.sealed, state: "proposed",
      since: "", usableFrom: null,
    };
    expect(await openAccount(account, member)).toEqual(text);
    expect(await openAccount(account, bank)).toEqual(text);
    expect(await codeOf(openAccount({ ...account, id: "other" }, bank))).toBe("CLIENT_SEALED");
    expect(await codeOf(openAccount({ ...account, commitment: "0".repeat(64) }, bank))).toBe("CLIENT_COMMITMENT");
  });
});

describe("the vault", () => {
  const known = { member: "91330100000869877P", memberName: "core", person: "maker", roles: ["maker" as const], network: "net" };
  const entry = (id: string, signed: number): OutboxEntry => ({
    id, compact: `c.${id}.s`, function: "a:B", argument: "{}", kid: "k", network: "net", expires: 1, signed, state: "unsent", code: "",
  });

  it("keeps identities that still sign when it is opened again", async () => {
    const { key } = await makeKey("a long passphrase");
    const vault = await Vault.open("identities");
    await vault.addIdentity(identityOf(key, known));
    vault.close();
    const again = await Vault.open("identities");
    const [identity] = await again.identities();
    if (!identity) throw new Error("no identity");
    expect(identity.memberName).toBe("core");
    expect(identity.privateKey.extractable).toBe(false);
    const message = utf8("message");
    expect(await verify(key, message, await sign(identity, message))).toBe(true);
    await again.removeIdentity(identity.kid);
    expect(await again.identities()).toEqual([]);
  });

  it("takes no key that could be taken out again", async () => {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const { key } = await makeKey("a long passphrase");
    const vault = await Vault.open("extractable");
    const open = { ...identityOf(key, known), privateKey: pair.privateKey };
    expect(await codeOf(vault.addIdentity(open))).toBe("BAD_KEY");
    expect(await vault.identities()).toEqual([]);
  });

  it("keeps signed transactions, and a known outcome stays", async () => {
    const vault = await Vault.open("outbox");
    await vault.put(entry("a", 1));
    await vault.put(entry("b", 2));
    await vault.settle("a", "sent", "");
    await vault.settle("a", "final", "");
    await vault.settle("a", "sent", "");
    await vault.settle("gone", "final", "");
    expect((await vault.outbox()).map((e) => [e.id, e.state])).toEqual([["b", "unsent"], ["a", "final"]]);
  });

  it("wraps encryption keys", async () => {
    const vault = await Vault.open("keys");
    const made = await Promise.all([vault.makeReplyKey("m"), vault.makeReplyKey("m")]); // two at once share the wrapping key
    const key = await vectorKey();
    await vault.keepMemberKey(key, "m");
    expect(await vault.memberKeys("m")).toEqual([v.id]);
    vault.close();
    const again = await Vault.open("keys");
    for (const reply of made) expect((await again.encryptionKey(reply.public.id))?.public.id).toBe(reply.public.id);
    const kept = await again.encryptionKey(v.id);
    expect(fromUtf8((await kept?.open(fromBase64(v.sealed), context)) ?? new Uint8Array())).toBe(v.plaintext);
    expect(await again.encryptionKey("none")).toBeNull();
  });
});
