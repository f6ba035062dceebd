/** Which fen of a certificate a member has that are owed since a day that is past. */
import { type Span, intervalText, parseInterval, without } from "../../lib/interval";
import type { CertificateView, Extension, LockKind } from "../../lib/records";

/** Claims on fen for which money is on its way, or which nobody may move. */
const hindering: LockKind[] = ["disbursing", "recourse", "freeze"];

/** Overdue fen of one holding that nothing hinders. */
export interface OverduePart {
  holding: number;
  /** "1-30000000". */
  interval: string;
}

/** overdueParts lists the member's overdue fen of a certificate; what waits for consents of an offer is left out. */
export function overdueParts(certificate: CertificateView, member: string, today: string, offer?: Extension): OverduePart[] {
  const pending: Span[] = (offer?.parts ?? []).filter((p) => p.made === null).map((p) => parseInterval(p.interval));
  return certificate.holdings
    .filter((h) => h.owner === member && h.redeemed === null && today !== "" && h.claim.payment !== null && h.claim.payment <= today)
    .flatMap((h) => {
      const locked = h.locks.filter((l) => hindering.includes(l.kind)).map((l) => parseInterval(l.interval));
      return without(parseInterval(h.interval), [...locked, ...pending]).map((s) => ({ holding: h.id, interval: intervalText(s) }));
    });
}
