// Asks a node as one of the people of a development network: no test tool makes login tokens, which speak for one request.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const curve = { name: 'ECDSA', namedCurve: 'P-256' };
const base64url = (data) => Buffer.from(data).toString('base64url');
export const sha256 = async (data) => Buffer.from(await crypto.subtle.digest('SHA-256', data));
const random = (bytes) => base64url(crypto.getRandomValues(new Uint8Array(bytes)));

const sign = async (key, message) => Buffer.from(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, message));

async function jws(typ, who, payload) {
  const input = [{ alg: 'ES256', kid: who.kid, typ }, payload].map((part) => base64url(JSON.stringify(part))).join('.');
  return `${input}.${base64url(await sign(who.key, Buffer.from(input)))}`;
}

// The keys of a development network by their names, such as core/maker.
export async function readKeys(home) {
  const lines = (await readFile(join(home, 'keyring', 'keys.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
  return new Map(await Promise.all(lines.map(async ({ name, pkcs8 }) => {
    const key = await crypto.subtle.importKey('pkcs8', Buffer.from(pkcs8, 'base64url'), curve, true, ['sign']);
    const { x, y } = await crypto.subtle.exportKey('jwk', key);
    const open = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, curve, true, ['verify']);
    return [name, { key, kid: (await sha256(await crypto.subtle.exportKey('spki', open))).toString('hex') }];
  })));
}

// A new key of a person of a member, with the proof that whoever sends it has it.
export async function newPerson(network, member, person) {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(curve, true, ['sign', 'verify']);
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', publicKey));
  const parts = ['tierledger/proof-of-possession/1', await sha256(spki), network, member, person].map((part) => Buffer.from(part));
  const message = Buffer.concat(parts.flatMap((part) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(part.length);
    return [length, part];
  }));
  return { person, publicKey: spki.toString('base64'), possession: (await sign(privateKey, message)).toString('base64') };
}

export class Client {
  constructor(url, status, keys) {
    Object.assign(this, { url, network: status.network, node: status.node, keys });
  }

  static async at(url, keys) {
    return new Client(url, await (await fetch(`${url}/v1/status`)).json(), keys);
  }

  async token(name, method, path, body) {
    const now = Math.floor(Date.now() / 1000);
    const claims = { network: this.network, node: this.node, method, path, iat: now, exp: now + 60, jti: random(16) };
    if (body?.length > 0) claims.body_sha256 = (await sha256(body)).toString('hex');
    return jws('scf-login+jws', this.keys.get(name), claims);
  }

  // A signed transaction that expires an hour of ledger time from now.
  async transaction(name, fn, argument) {
    const { ledgerTime } = await (await fetch(`${this.url}/v1/status`)).json();
    const expires = Math.floor(Date.parse(ledgerTime) / 1000) + 3600;
    return jws('scf-tx+jws', this.keys.get(name), { network: this.network, function: fn, argument, nonce: random(16), expires });
  }

  // Sends a request as somebody, or as nobody, and reads the answer: of a stream what comes within a second.
  async send(name, method, path, headers = {}, body = undefined) {
    const sent = { ...headers };
    if (name) sent.authorization = `Bearer ${await this.token(name, method, path, body)}`;
    const answer = await fetch(this.url + path, { method, headers: sent, body: body?.length > 0 ? body : undefined, redirect: 'manual' });
    const type = answer.headers.get('content-type') ?? '';
    const content = type.startsWith('text/event-stream') ? await beginning(answer.body) : Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, type, headers: answer.headers, content };
  }
}

async function beginning(stream) {
  const reader = stream.getReader();
  const over = new Promise((resolve) => setTimeout(resolve, 1000, { done: true }));
  const chunks = [];
  for (;;) {
    const { done, value } = await Promise.race([reader.read(), over]);
    if (done) break;
    chunks.push(Buffer.from(value));
  }
  await reader.cancel();
  return Buffer.concat(chunks);
}
