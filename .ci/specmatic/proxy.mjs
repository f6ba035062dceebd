// Logs every request in: a proxy on loopback before a node, because a login token speaks for one request and no test tool
// makes such tokens. It changes nothing else.
//
//   node proxy.mjs NODE-URL KEYRING-DIRECTORY member/person PORT
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const [url, keyring, name, port] = process.argv.slice(2);
const encode = (data) => Buffer.from(data).toString('base64url');
const hex = async (data) => Buffer.from(await crypto.subtle.digest('SHA-256', data)).toString('hex');

const lines = (await readFile(join(keyring, 'keys.jsonl'), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
const pkcs8 = Buffer.from(lines.find((line) => line.name === name).pkcs8, 'base64url');
const key = await crypto.subtle.importKey('pkcs8', pkcs8, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign']);
const { x, y } = await crypto.subtle.exportKey('jwk', key);
const pub = await crypto.subtle.importKey('jwk', { kty: 'EC', crv: 'P-256', x, y }, { name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']);
const kid = await hex(await crypto.subtle.exportKey('spki', pub));
const { network, node } = await (await fetch(`${url}/v1/status`)).json();

async function token(method, path, body) {
  const now = Math.floor(Date.now() / 1000);
  const claims = { network, node, method, path, iat: now, exp: now + 60, jti: encode(crypto.getRandomValues(new Uint8Array(16))) };
  if (body.length > 0) claims.body_sha256 = await hex(body);
  const input = [{ alg: 'ES256', kid, typ: 'scf-login+jws' }, claims].map((part) => encode(JSON.stringify(part))).join('.');
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key, Buffer.from(input));
  return `${input}.${encode(signature)}`;
}

createServer(async (request, response) => {
  try {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const headers = Object.fromEntries(Object.entries(request.headers).filter(([header]) => !['host', 'connection', 'content-length', 'transfer-encoding', 'expect'].includes(header)));
    headers.authorization = `Bearer ${await token(request.method, request.url, body)}`;
    const answer = await fetch(url + request.url, { method: request.method, headers, body: body.length > 0 ? body : undefined, redirect: 'manual' });
    const content = Buffer.from(await answer.arrayBuffer());
    const kept = Object.fromEntries([...answer.headers].filter(([header]) => !['content-encoding', 'content-length', 'transfer-encoding', 'connection'].includes(header)));
    response.writeHead(answer.status, kept).end(content);
  } catch (error) {
    response.writeHead(502, { 'Content-Type': 'text/plain' }).end(String(error));
  }
}).listen(Number(port), '127.0.0.1');
