// A client of a Tierledger node with nothing but Node.js: it opens a sealed key file, logs in, reads the holdings of the
// key's member, signs a split of the one due last and waits until it is final.
//
//   node docs/clients/client.mjs http://127.0.0.1:26680 data/quickstart/console/supplier1-maker.key tierledger 10000.00
import { readFile } from 'node:fs/promises';

const [url, file, passphrase, amount] = process.argv.slice(2);
const utf8 = (text) => new TextEncoder().encode(text);
const bytes = (text) => Buffer.from(text, 'base64url');
const hex = (data) => Buffer.from(data).toString('hex');
const sha256 = async (text) => hex(await crypto.subtle.digest('SHA-256', utf8(text)));
const nonce = () => Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url');

// A key file that `scf key new` or the console made.
const { kid, kdf, cipher, sealed } = JSON.parse(await readFile(file, 'utf8'));
const secret = await crypto.subtle.importKey('raw', utf8(passphrase), 'PBKDF2', false, ['deriveKey']);
const salted = { name: 'PBKDF2', hash: 'SHA-256', iterations: kdf.iterations, salt: bytes(kdf.salt) };
const opener = await crypto.subtle.deriveKey(salted, secret, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
const under = { name: 'AES-GCM', iv: bytes(cipher.iv), additionalData: utf8(`tierledger-key/1:${kid}`) };
const pkcs8 = await crypto.subtle.decrypt(under, opener, bytes(sealed));
const key = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);

// header.payload.signature, as any JOSE library signs with ES256.
async function jws(typ, payload) {
  const input = [{ alg: 'ES256', kid, typ }, payload].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, utf8(input));
  return { compact: `${input}.${Buffer.from(signature).toString('base64url')}`, id: await sha256(input) };
}

// One request. A login token speaks for this very request and lives a minute.
async function call(method, path, { body, login } = {}) {
  const text = body && JSON.stringify(body);
  const headers = { 'Content-Type': 'application/json' };
  if (login) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { network: status.network, node: status.node, method, path, iat: now, exp: now + 60, jti: nonce() };
    if (text) claims.body_sha256 = await sha256(text);
    headers.Authorization = `Bearer ${(await jws('scf-login+jws', claims)).compact}`;
  }
  const answer = await fetch(url + path, { method, body: text, headers });
  const content = await answer.json();
  if (!answer.ok) throw new Error(JSON.stringify(content)); // a problem document: code, title, detail, next
  return content;
}

const status = await call('GET', '/v1/status');
const { items } = await call('GET', '/v1/holdings?limit=10', { login: true });
for (const h of items) console.log(h.certificate, h.id, h.interval, h.payment);
const { certificate, id: holding, version, interval } = items.at(-1);
const signed = await jws('scf-tx+jws', {
  network: status.network, function: 'certificate:Split', argument: { certificate, holding, version, interval, amounts: [amount] },
  nonce: nonce(), expires: Math.floor(Date.parse(status.ledgerTime) / 1000) + 600,
});
console.log('transaction', signed.id); // keep both: the same bytes can be sent again and take effect once
const done = await call('POST', '/v1/transactions?wait=final', { body: { transaction: signed.compact } });
console.log(done.state, done.refusal?.code ?? '', JSON.stringify(done.outcome?.result));
