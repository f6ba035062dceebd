/**
 * The signed texts of the network in JWS compact serialization, as crypto/jws reads them: the login token of one request
 * and the transaction; and the proof of possession of crypto/credential.
 */
import { type Bytes, base64url, concat, fromHex, random, uint32, utf8 } from "./base64";
import { sha256Hex } from "./digest";
import { type SigningKey, sign } from "./keys";
import { refuse } from "./problem";

const transactionType = "scf-tx+jws";
const loginType = "scf-login+jws";

/** How long a login token lives, in seconds. */
export const loginLife = 60;

/** The longest transaction in bytes. */
export const maxTransactionBytes = 512 << 10;

/** The one HTTP request that a login token speaks for. */
export interface LoginRequest {
  network: string;
  node: string;
  method: string;
  /** Path and query as sent, starting with a slash. */
  path: string;
  body?: Uint8Array;
}

/** What the signer of a transaction asks for. */
export interface Payload {
  network: string;
  function: string;
  /** The JSON object of the argument, with no space around it. */
  argument: string;
  /** 16 random bytes in base64url; see newNonce. */
  nonce: string;
  /** Unix second of ledger time from which it is not executed any more. */
  expires: number;
}

/** A signed transaction. It is stored before it is sent; the same text can be sent again and takes effect once. */
export interface Signed {
  compact: string;
  /** SHA-256 of the signing input, 64 hexadecimal digits: the transaction's id. */
  id: string;
  expires: number;
}

/** Draws a nonce. */
export function newNonce(): string {
  return base64url(random(16));
}

/**
 * Writes the argument of a contract function: members that are undefined, null or an empty text are left out at every
 * depth of objects, as the ledger writes arguments itself.
 */
export function argumentText(argument: object): string {
  return JSON.stringify(prune(argument));
}

function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value).filter(([, v]) => v !== undefined && v !== null && v !== "");
  return Object.fromEntries(kept.map(([k, v]) => [k, prune(v)]));
}

/** Signs a transaction. BAD_ARGUMENT for what the ledger could not read, TOO_LARGE for more than it takes. */
export async function signTransaction(key: SigningKey, p: Payload): Promise<Signed> {
  if (!/^[A-Za-z0-9_.:-]{1,128}$/.test(p.function) || !/^[A-Za-z0-9_.:-]{1,64}$/.test(p.network)) {
    refuse("BAD_ARGUMENT", "the name of the function or of the network");
  }
  if (!p.argument.startsWith("{") || !p.argument.endsWith("}")) refuse("BAD_ARGUMENT", "the argument is not an object");
  if (!Number.isSafeInteger(p.expires) || p.expires <= 0) refuse("BAD_ARGUMENT", "the expiry is not a unix second");
  const payload =
    `{"network":"${p.network}","function":"${p.function}","argument":${p.argument},` +
    `"nonce":"${p.nonce}","expires":${p.expires}}`;
  const { compact, input } = await compactOf(key, transactionType, payload);
  if (compact.length > maxTransactionBytes) refuse("TOO_LARGE", `${compact.length} bytes, at most ${maxTransactionBytes}`);
  return { compact, id: await sha256Hex(input), expires: p.expires };
}

/** Signs the login token of one request. now is the node's clock in unix seconds. */
export async function signLogin(key: SigningKey, request: LoginRequest, now: number, id = newNonce()): Promise<string> {
  const body = request.body;
  const payload = JSON.stringify({
    network: request.network,
    node: request.node,
    method: request.method,
    path: request.path,
    ...(body && body.length > 0 ? { body_sha256: await sha256Hex(body) } : {}),
    iat: now,
    exp: now + loginLife,
    jti: id,
  });
  return (await compactOf(key, loginType, payload)).compact;
}

/** What the owner of a key signs to be enrolled; kid is the key's id in hexadecimal. */
export function possessionMessage(kid: string, network: string, member: string, person: string): Bytes {
  const parts = [utf8("tierledger/proof-of-possession/1"), fromHex(kid), utf8(network), utf8(member), utf8(person)];
  return concat(...parts.flatMap((part) => [uint32(part.length), part]));
}

/** Proves possession of a key to a network, for a member and a person of it: 64 bytes. */
export async function signPossession(key: SigningKey, network: string, member: string, person: string): Promise<Bytes> {
  return sign(key, possessionMessage(key.kid, network, member, person));
}

async function compactOf(key: SigningKey, type: string, payload: string): Promise<{ compact: string; input: Bytes }> {
  const header = `{"alg":"${key.algorithm}","kid":"${key.kid}","typ":"${type}"}`;
  const input = `${base64url(utf8(header))}.${base64url(utf8(payload))}`;
  const bytes = utf8(input);
  return { compact: `${input}.${base64url(await sign(key, bytes))}`, input: bytes };
}
