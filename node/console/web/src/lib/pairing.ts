import { concat, fromHex, utf8 } from "./base64";
import { sha256 } from "./digest";

/**
 * The code of 8 digits over the keys with which people sign up for a member, as crypto/credential makes it. Who made the
 * keys and the bank compare it by voice, each from what it has. kids are the ids of the keys in the order in which they
 * were sent; encryption is the member's public key for documents, or empty.
 */
export async function pairing(network: string, member: string, kids: readonly string[], encryption?: Uint8Array): Promise<string> {
  const parts: Uint8Array[] = kids.map(fromHex);
  if (encryption && encryption.length > 0) parts.push(await sha256(encryption));
  const material = await crypto.subtle.importKey("raw", concat(...parts), "PBKDF2", false, ["deriveBits"]);
  const salt = utf8(`tierledger/pairing/1|${network}|${member}`);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: 100_000 }, material, 64);
  return (new DataView(bits).getBigUint64(0) % 100_000_000n).toString().padStart(8, "0");
}

/** A pairing code in two groups, as it is read aloud. */
export function groupedPairing(code: string): string {
  return `${code.slice(0, 4)} ${code.slice(4)}`;
}
