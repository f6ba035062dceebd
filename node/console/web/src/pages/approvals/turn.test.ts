import { describe, expect, it } from "vitest";
import type { PersonRole, Proposal } from "../../lib/records";
import { standing } from "./turn";

const maker = { member: "A", person: "maker", key: "k1", at: "" };
const proposal = (over: Partial<Proposal>): Proposal => ({ state: "open", member: "A", function: "certificate:Issue", quorum: "checker", counterparty: "", maker, approvals: [], ...over }) as Proposal;
const person = (member: string, kid: string, name: string, ...roles: PersonRole[]): Parameters<typeof standing>[1] =>
  ({ member: { id: member }, identity: { kid }, viewer: { person: name, policy: [] }, may: (...wanted: PersonRole[]) => wanted.some((r) => roles.includes(r)) }) as never;

describe("standing", () => {
  it("lets another checker of the member approve or refuse, and a maker withdraw", () => {
    expect(standing(proposal({}), person("A", "k2", "checker", "checker"))).toEqual({ turn: "mine", withdraws: false, refuses: true });
    expect(standing(proposal({}), person("A", "k1", "maker", "maker"))).toEqual({ turn: "ours", bar: "own", withdraws: true, refuses: false });
    expect(standing(proposal({}), person("A", "k3", "other", "maker"))).toEqual({ turn: "ours", bar: "checker", withdraws: true, refuses: false });
  });

  it("does not let the maker approve with another key", () => {
    expect(standing(proposal({}), person("A", "k9", "maker", "checker")).bar).toBe("own");
  });

  it("asks the counterparty, and no third member", () => {
    const p = proposal({ quorum: "counterparty", counterparty: "B" });
    expect(standing(p, person("B", "k5", "m", "maker")).turn).toBe("mine");
    expect(standing(p, person("C", "k6", "m", "maker")).bar).toBe("other");
    expect(standing(p, person("B", "k7", "r", "reviewer")).bar).toBe("officer");
  });

  it("counts nobody twice, and a decided proposal not at all", () => {
    const p = proposal({ quorum: "banks", approvals: [{ member: "B", person: "m", key: "k5", at: "" }] });
    expect(standing(p, person("B", "k5", "m", "maker")).bar).toBe("done");
    expect(standing(p, person("D", "k8", "m", "maker"))).toEqual({ turn: "mine", withdraws: false, refuses: false });
    expect(standing(proposal({ state: "executed" }), person("A", "k2", "checker", "checker")).turn).toBe("over");
  });
});
