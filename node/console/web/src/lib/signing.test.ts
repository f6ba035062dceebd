import { beforeAll, describe, expect, it } from "vitest";

import { base64, base64url, fromBase64, fromBase64url, fromHex, hex, utf8 } from "./base64";
import { argumentText, possessionMessage, signLogin, signPossession, signTransaction } from "./jws";
import { type SigningKey, makeKey, openKeyFile, readKeyFile, sign, verify } from "./keys";
import { groupedPairing, pairing } from "./pairing";
import { Problem } from "./problem";
import { parsePublicKey } from "./spki";
import vectors from "./vectors.json";

/** The code with which a promise is refused; it fails when it is not. */
async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(() => new Error("it was not refused"), (e: unknown) => e);
  if (!(error instanceof Problem)) throw error;
  return error.code;
}

describe("base64", () => {
  it("reads only its own form", () => {
    const bytes = Uint8Array.of(0, 255, 62, 63, 251);
    expect(fromBase64(base64(bytes))).toEqual(bytes);
    expect(fromBase64url(base64url(bytes))).toEqual(bytes);
    expect(fromHex(hex(bytes))).toEqual(bytes);
    for (const bad of ["AB", "AAA", "AB==", "A\nAA", "AA=A", "é"]) expect(() => fromBase64(bad)).toThrow(RangeError);
    for (const bad of ["A", "AA==", "AB", "+A", "A A"]) expect(() => fromBase64url(bad)).toThrow(RangeError);
    for (const bad of ["0", "0G", "AB"]) expect(() => fromHex(bad)).toThrow(RangeError);
  });
});

describe.each(vectors.keys)("the $algorithm key of the command line", (v) => {
  let key: SigningKey;
  beforeAll(async () => {
    key = await openKeyFile(v.file, v.passphrase);
  });

  it("opens from its file and stays in the browser", async () => {
    expect(key.kid).toBe(v.kid);
    expect(key.algorithm).toBe(v.algorithm);
    expect((await readKeyFile(v.file)).kid).toBe(v.kid);
    expect(key.privateKey.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("pkcs8", key.privateKey)).rejects.toThrow();
  });

  it("signs a proof of possession as the ledger reads it", async () => {
    const message = possessionMessage(v.kid, v.network, v.member, v.person);
    expect(base64(message)).toBe(v.possessionMessage);
    expect(await verify(key, message, fromBase64(v.possession))).toBe(true);
    const own = await signPossession(key, v.network, v.member, v.person);
    expect(own).toHaveLength(64);
    expect(await verify(key, message, own)).toBe(true);
    expect(await verify(key, possessionMessage(v.kid, v.network, v.member, "other"), own)).toBe(false);
  });

  it("signs the same transaction, whose id does not depend on the signature", async () => {
    const signed = await signTransaction(key, { network: v.network, ...v.payload });
    const input = (compact: string): string => compact.slice(0, compact.lastIndexOf("."));
    expect(input(signed.compact)).toBe(input(v.transaction));
    expect(signed.id).toBe(v.id);
    const signature = signed.compact.slice(signed.compact.lastIndexOf(".") + 1);
    expect(await verify(key, utf8(input(signed.compact)), fromBase64url(signature))).toBe(true);
  });

  it("signs the same login token", async () => {
    const { node, method, path, body, iat, jti } = v.login;
    const token = await signLogin(key, { network: v.network, node, method, path, body: utf8(body) }, iat, jti);
    expect(token.slice(0, token.lastIndexOf("."))).toBe(v.token.slice(0, v.token.lastIndexOf(".")));
  });
});

describe("key files", () => {
  const passphrase = "一把新钥匙的口令";

  it("make a key whose file opens again, and only with its passphrase", async () => {
    const made = await makeKey(passphrase);
    expect(made.key.privateKey.extractable).toBe(false);
    const again = await openKeyFile(made.file, passphrase);
    expect(again.kid).toBe(made.key.kid);
    const message = utf8("message");
    expect(await verify(made.key, message, await sign(again, message))).toBe(true);
    expect(await codeOf(openKeyFile(made.file, `${passphrase}!`))).toBe("CLIENT_PASSPHRASE");
  });

  it("refuse a passphrase that is too short, counted in characters", async () => {
    expect(await codeOf(makeKey("1234567"))).toBe("CLIENT_WEAK_PASSPHRASE");
    expect(await codeOf(makeKey("🔑🔑🔑🔑"))).toBe("CLIENT_WEAK_PASSPHRASE");
  });

  it("refuse what is no key file, before any derivation", async () => {
    const good = vectors.keys[0]?.file ?? "";
    const other = JSON.parse(vectors.keys[1]?.file ?? "{}") as Record<string, unknown>;
    const changed = (change: (d: Record<string, Record<string, unknown>>) => void): string => {
      const d = JSON.parse(good) as Record<string, Record<string, unknown>>;
      change(d);
      return JSON.stringify(d);
    };
    const bad = [
      "", "{", "[]", "null", " ".repeat(20_000), good + "x",
      changed((d) => Object.assign(d, { extra: 1 })),
      changed((d) => Object.assign(d, { version: 2 })),
      changed((d) => Object.assign(d, { format: "other" })),
      changed((d) => Object.assign(d, { kid: other["kid"] })),
      changed((d) => Object.assign(d, { public: other["public"] })),
      changed((d) => Object.assign(d["kdf"] ?? {}, { iterations: 1000 })),
      changed((d) => Object.assign(d["kdf"] ?? {}, { iterations: 1e9 })),
      changed((d) => Object.assign(d["kdf"] ?? {}, { iterations: 600_000.5 })),
      changed((d) => Object.assign(d["kdf"] ?? {}, { salt: "AA" })),
      changed((d) => Object.assign(d["cipher"] ?? {}, { iv: "!" })),
      changed((d) => Object.assign(d["cipher"] ?? {}, { length: 128 })),
    ];
    for (const text of bad) expect(await codeOf(openKeyFile(text, "whatever it is"))).toBe("CLIENT_KEY_FILE");
  });

  it("say nothing of the secret in an error", async () => {
    const v = vectors.keys[0];
    const error: unknown = await openKeyFile(v?.file ?? "", "wrong passphrase").catch((e: unknown) => e);
    expect(String(error)).not.toContain("wrong passphrase");
  });
});

describe("public keys", () => {
  it("are read in one encoding only", async () => {
    const spki = fromBase64url((JSON.parse(vectors.keys[0]?.file ?? "{}") as { public: string }).public);
    expect((await parsePublicKey(spki)).kid).toBe(vectors.keys[0]?.kid);
    const compressed = spki.slice();
    compressed[26] = 2;
    for (const bad of [spki.slice(1), new Uint8Array(0), compressed, new Uint8Array(91)]) {
      expect(await codeOf(parsePublicKey(bad))).toBe("BAD_KEY");
    }
  });
});

describe("arguments", () => {
  it("leave out what says nothing, at every depth, and keep lists as they are", () => {
    expect(argumentText({ a: "", b: null, c: undefined, d: 0, e: false, f: { g: "", h: "x" }, i: [{ j: null, k: 1 }] })).toBe(
      '{"d":0,"e":false,"f":{"h":"x"},"i":[{"k":1}]}',
    );
  });

  it("are refused when the ledger could not read them", async () => {
    const { key } = await makeKey("a long passphrase");
    const good = { network: "n", function: "a:B", argument: "{}", nonce: "AAECAwQFBgcICQoLDA0ODw", expires: 1 };
    for (const bad of [{ argument: "[]" }, { function: "a b" }, { network: "" }, { expires: 0 }, { expires: 1.5 }]) {
      expect(await codeOf(signTransaction(key, { ...good, ...bad }))).toBe("BAD_ARGUMENT");
    }
    const large = `{"a":"${"x".repeat(512 << 10)}"}`;
    expect(await codeOf(signTransaction(key, { ...good, argument: large }))).toBe("TOO_LARGE");
  });
});

describe("pairing codes", () => {
  it.each(vectors.pairings)("$code", async ({ kids, encryption, code }) => {
    const { network, member } = vectors.keys[0] ?? { network: "", member: "" };
    expect(await pairing(network, member, kids, fromBase64(encryption))).toBe(code);
    expect(groupedPairing(code)).toBe(`${code.slice(0, 4)} ${code.slice(4)}`);
    expect(await pairing(network, member, [...kids].reverse())).not.toBe(code);
  });
});
