import { describe, expect, it } from "vitest";
import type { FunctionInfo } from "../../lib/records";
import { checkable, draftOf, rulesOf, samePolicy } from "./rules";

describe("the policy of dual control", () => {
  it("is sent in order of function, with always as zero", () => {
    const draft = [{ function: "certificate:Transfer", from: 10_000n }, { function: "*", from: null }, { function: "certificate:Issue", from: null }];
    expect(rulesOf(draft)).toEqual([
      { function: "*", from: "0.00" }, { function: "certificate:Issue", from: "0.00" }, { function: "certificate:Transfer", from: "100.00" },
    ]);
  });

  it("reads one fen or less as always", () => {
    expect(draftOf([{ function: "*", from: "0.01" }, { function: "x:Y", from: "0.02" }])).toEqual([{ function: "*", from: null }, { function: "x:Y", from: 2n }]);
    expect(samePolicy([{ function: "*", from: "0.01" }], [{ function: "*", from: "0.00" }])).toBe(true);
    expect(samePolicy([], [{ function: "*", from: "0.00" }])).toBe(false);
  });

  it("rules neither decisions nor what always needs somebody", () => {
    const info = (name: string, quorum: FunctionInfo["quorum"], proposable = true): FunctionInfo => ({ name, roles: "", quorum, proposable, batchable: false, hasAmount: false });
    const list = [info("certificate:Issue", null), info("member:SetPolicy", "admins"), info("approval:Approve", null), info("member:RevokeCredential", null), info("sweep:Run", null, false)];
    expect(checkable(new Map(list.map((f) => [f.name, f])))).toEqual(["certificate:Issue"]);
  });
});
