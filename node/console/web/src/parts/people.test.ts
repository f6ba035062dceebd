import { describe, expect, it } from "vitest";
import { personFits, readKeyRequest, rolesFault, standingOf } from "./people";

const at = (text: string): number => Date.parse(text);

describe("people", () => {
  it("says how a key stands", () => {
    const key = { notBefore: "2026-01-01T00:00:00.000+08:00", notAfter: "2026-12-31T00:00:00.000+08:00", revokedAt: null };
    expect(standingOf(key, at("2025-12-31T23:59:59+08:00"))).toBe("later");
    expect(standingOf(key, at("2026-06-01T00:00:00+08:00"))).toBe("valid");
    expect(standingOf(key, at("2026-12-15T00:00:00+08:00"))).toBe("soon");
    expect(standingOf(key, at("2026-12-31T00:00:01+08:00"))).toBe("expired");
    expect(standingOf({ ...key, revokedAt: "2026-02-01T00:00:00.000+08:00" }, at("2026-06-01T00:00:00+08:00"))).toBe("revoked");
  });

  it("takes pseudonyms and refuses names", () => {
    expect(personFits("maker-1_A")).toBe(true);
    for (const bad of ["", "王女士", "a b", "x".repeat(33), "a.b"]) expect(personFits(bad)).toBe(false);
  });

  it("keeps admins apart from makers and checkers", () => {
    expect(rolesFault([], false)).toBe("none");
    expect(rolesFault(["maker", "checker"], false)).toBe("");
    expect(rolesFault(["admin", "maker"], true)).toBe("admin");
    expect(rolesFault(["reviewer"], false)).toBe("reviewer");
    expect(rolesFault(["reviewer"], true)).toBe("");
  });

  it("reads a request for a key and refuses what is none", () => {
    const request = { person: "maker2", roles: ["maker"], publicKey: "AA==", possession: "AA==", notBefore: "x" };
    expect(readKeyRequest(JSON.stringify(request))).toEqual({ person: "maker2", roles: ["maker"], publicKey: "AA==", possession: "AA==" });
    for (const bad of ["", "null", "[]", "{}", JSON.stringify({ ...request, roles: ["king"] }), JSON.stringify({ ...request, person: 1 })])
      expect(() => readKeyRequest(bad)).toThrow("CLIENT_KEY_FILE");
  });
});
