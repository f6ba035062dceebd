/** What must follow from the sums of a whole ledger. */
import { parseFen } from "../../lib/money";
import type { NetworkTotals } from "../../lib/records";

/** The faces of all certificates against what is open and what was paid of them. */
export interface SumsSaid {
  face: bigint;
  open: bigint;
  redeemed: bigint;
  /** What is open and what was paid are together all faces. */
  agree: boolean;
}

/** sumsAgree compares them: every fen of an accepted certificate is open or was paid. */
export function sumsAgree(n: Pick<NetworkTotals, "certificates" | "open" | "redeemed">): SumsSaid {
  const [face, open, redeemed] = [n.certificates, n.open, n.redeemed].map((f) => parseFen(f.amount)) as [bigint, bigint, bigint];
  return { face, open, redeemed, agree: face === open + redeemed };
}
