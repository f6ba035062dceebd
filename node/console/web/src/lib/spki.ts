import { type Bytes, concat, copy, equal, fromHex, hex } from "./base64";
import { sha256 } from "./digest";
import { refuse } from "./problem";

/** The signature algorithms a credential may use, by their names in JOSE. */
export type Algorithm = "ES256" | "EdDSA";

/** The public half of a signing key. */
export interface PublicKey {
  algorithm: Algorithm;
  /** SHA-256 of spki, 64 lower-case hexadecimal digits: how the ledger names the key. */
  kid: string;
  /** SubjectPublicKeyInfo, DER. */
  spki: Bytes;
}

// The one DER encoding of each kind: everything before the point.
const heads: Record<Algorithm, Bytes> = {
  ES256: fromHex("3059301306072a8648ce3d020106082a8648ce3d030107034200"),
  EdDSA: fromHex("302a300506032b6570032100"),
};
const pointSizes: Record<Algorithm, number> = { ES256: 65, EdDSA: 32 };
const uncompressed = 4; // first byte of a P-256 point

/** Reads a SubjectPublicKeyInfo of a P-256 or Ed25519 key in its one encoding; BAD_KEY for anything else. */
export async function parsePublicKey(spki: Uint8Array): Promise<PublicKey> {
  for (const algorithm of ["ES256", "EdDSA"] as const) {
    const head = heads[algorithm];
    if (spki.length !== head.length + pointSizes[algorithm] || !equal(spki.subarray(0, head.length), head)) continue;
    if (algorithm === "ES256" && spki[head.length] !== uncompressed) break;
    return { algorithm, kid: hex(await sha256(spki)), spki: copy(spki) };
  }
  return refuse("BAD_KEY", "not the public key of P-256 or Ed25519");
}

/** Makes the SubjectPublicKeyInfo of a raw point: 65 bytes of P-256 or 32 of Ed25519. */
export function spkiOf(algorithm: Algorithm, point: Uint8Array): Bytes {
  if (point.length !== pointSizes[algorithm]) refuse("BAD_KEY", `a point of ${point.length} bytes`);
  return concat(heads[algorithm], point);
}
