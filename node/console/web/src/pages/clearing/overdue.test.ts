import { describe, expect, it } from "vitest";
import type { CertificateView, Extension, Holding } from "../../lib/records";
import { overdueParts } from "./overdue";

const own = "91330100000869877P";

function holding(id: number, interval: string, more: object = {}): Holding {
  return { id, owner: own, interval, locks: [], redeemed: null, claim: { payment: "2027-03-31" }, ...more } as unknown as Holding;
}

const of = (...holdings: Holding[]): CertificateView => ({ holdings }) as CertificateView;

describe("overdueParts", () => {
  it("takes own fen that are owed since a past day", () => {
    const certificate = of(
      holding(1, "1-100"),
      holding(2, "101-200", { owner: "913301000123563658" }),
      holding(3, "201-300", { redeemed: "2027-03-31T10:00:00.000+08:00" }),
      holding(4, "301-400", { claim: { payment: "2027-05-06" } }),
    );
    expect(overdueParts(certificate, own, "2027-04-02")).toEqual([{ holding: 1, interval: "1-100" }]);
    expect(overdueParts(certificate, own, "2027-03-30")).toEqual([]);
    expect(overdueParts(certificate, own, "")).toEqual([]);
  });

  it("leaves out fen for which money is on its way, and keeps those in the clearing alone", () => {
    const locks = [{ kind: "clearing", interval: "1-100" }, { kind: "recourse", interval: "1-40" }];
    expect(overdueParts(of(holding(1, "1-100", { locks })), own, "2027-04-02")).toEqual([{ holding: 1, interval: "41-100" }]);
  });

  it("leaves out what waits for consents, not what was extended", () => {
    const offer = { parts: [{ interval: "1-10", made: null }, { interval: "11-20", made: "2027-04-02T10:00:00.000+08:00" }] } as Extension;
    expect(overdueParts(of(holding(1, "1-100")), own, "2027-04-02", offer)).toEqual([{ holding: 1, interval: "11-100" }]);
  });
});
