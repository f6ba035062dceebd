/** What this browser remembers of an enrolment or a recovery: public keys alone, to make the pairing code again. */
import { sha256Hex } from "../../lib/digest";
import type { PairingOf } from "../../parts/PairingCode";

/** The secret of a link or a reference is kept as its hash alone. */
async function nameOf(secret: string): Promise<string> {
  return `tierledger.pairing.${(await sha256Hex(secret)).slice(0, 32)}`;
}

/** keep remembers what a pairing code is made of. A browser that keeps nothing is no error. */
export async function keep(secret: string, of: PairingOf): Promise<void> {
  try {
    localStorage.setItem(await nameOf(secret), JSON.stringify(of));
  } catch {
    // The code is shown as long as the page is open.
  }
}

/** kept is what keep remembered; null when this browser does not know it. */
export async function kept(secret: string): Promise<PairingOf | null> {
  try {
    const text = localStorage.getItem(await nameOf(secret));
    return text ? (JSON.parse(text) as PairingOf) : null;
  } catch {
    return null;
  }
}
