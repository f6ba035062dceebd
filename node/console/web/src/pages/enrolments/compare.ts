/** What the bank's officer compares before signing for keys that others made. */
import { useEffect, useState } from "react";
import type { CredentialArgument } from "../../lib/arguments";
import { kidsOf } from "../../parts/people";
import { type PairingOf, usePairing } from "../../parts/PairingCode";

/** digitsOf leaves only the digits of what was typed. */
export function digitsOf(text: string): string {
  return text.replace(/[\s-]/g, "");
}

/** How what was heard compares with what the keys give. */
export type Heard = "nothing" | "partial" | "same" | "other";

/** compareHeard compares the digits that were heard with the code of the keys. */
export function compareHeard(heard: string, code: string): Heard {
  const digits = digitsOf(heard);
  if (digits === "" || code === "") return "nothing";
  if (!/^\d+$/.test(digits)) return "other";
  if (digits.length < 8) return "partial";
  return digits === code ? "same" : "other";
}

/** useKeysCode makes the pairing code of exactly the keys that would be signed for, in this browser. */
export function useKeysCode(network: string, member: string, credentials: CredentialArgument[] | undefined, encryption: string): { code: string; kids: string[]; error: unknown } {
  const [made, setMade] = useState<{ of: PairingOf | null; error: unknown }>({ of: null, error: null });
  const keys = credentials?.map((c) => c.publicKey).join(" ") ?? "";
  useEffect(() => {
    let gone = false;
    setMade({ of: null, error: null });
    if (keys === "" || network === "") return undefined;
    const list = keys.split(" ").map((publicKey) => ({ publicKey }));
    kidsOf(list).then(
      (kids) => !gone && setMade({ of: { network, member, kids, encryption }, error: null }),
      (error: unknown) => !gone && setMade({ of: null, error }),
    );
    return () => {
      gone = true;
    };
  }, [keys, network, member, encryption]);
  const { code, error } = usePairing(made.of);
  return { code, kids: made.of?.kids ?? [], error: made.error ?? error };
}
