import { writeFileSync } from "node:fs";

import { expect, it } from "vitest";

import { base64, fromBase64, fromUtf8, utf8 } from "./base64";
import { sealAccount } from "./build";
import { EncryptionKey, seal } from "./envelope";
import { signLogin, signPossession, signTransaction } from "./jws";
import { makeKey, openKeyFile } from "./keys";
import made from "./made.json";
import { sealQuote } from "./quote";
import type { Terms } from "./records";
import vectors from "./vectors.json";

// made.json is what this library sealed and signed; a Go test reads it as the ledger and the command line do. It is made
// again with TIERLEDGER_UPDATE=1 in the environment.
const passphrase = "the console's 口令";

async function makeAll(): Promise<typeof made> {
  const v = vectors.keys[0];
  if (!v) throw new Error("there are no vectors");
  const { key, file } = await makeKey(passphrase);
  const recipient = await EncryptionKey.fromSeed(fromBase64(vectors.envelope.seed));
  const { context, plaintext } = vectors.envelope;
  const q = vectors.quote;
  const account = await sealAccount(v.member, "main", q.bank, { number: "6222", name: "华光" }, [recipient.public]);
  const quote = await sealQuote(
    { network: q.network, financing: q.financing, bank: q.bank, replyKey: base64(recipient.public.raw) }, q.terms as Terms,
  );
  const transaction = await signTransaction(key, { network: v.network, ...v.payload });
  const { node, method, path, body, iat, jti } = v.login;
  return {
    file,
    encryptionFile: await recipient.sealedFile(passphrase),
    passphrase,
    kid: key.kid,
    possession: base64(await signPossession(key, v.network, v.member, v.person)),
    transaction: transaction.compact,
    token: await signLogin(key, { network: v.network, node, method, path, body: utf8(body) }, iat, jti),
    sealed: base64(await seal(utf8(plaintext), utf8(context), [recipient.public])),
    account: { commitment: account.argument.commitment, sealed: account.argument.sealed },
    quote,
  };
}

it("what was made here is kept for the other side, and still opens here", async () => {
  if (process.env["TIERLEDGER_UPDATE"] === "1") {
    writeFileSync(new URL("made.json", import.meta.url), JSON.stringify(await makeAll(), null, 2) + "\n");
    return;
  }
  expect((await openKeyFile(made.file, made.passphrase)).kid).toBe(made.kid);
  const recipient = await EncryptionKey.fromSeed(fromBase64(vectors.envelope.seed));
  const opened = await recipient.open(fromBase64(made.sealed), utf8(vectors.envelope.context));
  expect(fromUtf8(opened)).toBe(vectors.envelope.plaintext);
  expect(Object.keys(await makeAll())).toEqual(Object.keys(made));
});
