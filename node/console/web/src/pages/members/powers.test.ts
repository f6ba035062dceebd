import { describe, expect, it } from "vitest";
import type { Session } from "../../app/session";
import type { Member, PersonRole, Role } from "../../lib/records";
import { powersOver } from "./powers";

const member = (id: string, roles: Role[], sponsor = ""): Member => ({
  id, name: id, class: "small", roles, state: "active", sponsor, lei: "", admins: 1, encryption: "", enrolled: "2026-01-01T00:00:00.000+08:00",
});

function person(of: Member, roles: PersonRole[], validator = false): Pick<Session, "member" | "viewer" | "is" | "may"> {
  return {
    member: of,
    viewer: { validator } as Session["viewer"],
    is: (...r) => r.some((x) => of.roles.includes(x)),
    may: (...r) => r.some((x) => roles.includes(x)),
  };
}

const bank = member("bank1", ["funder"]);
const other = member("bank2", ["funder"]);
const supplier = member("supplier", ["holder"], "bank1");

describe("powers over a member", () => {
  it("are the admin's at home", () => {
    expect(powersOver(person(supplier, ["admin"]), supplier)).toMatchObject({ own: true, admin: true, revoke: true, suspend: "", update: "" });
    expect(powersOver(person(supplier, ["maker"]), supplier)).toMatchObject({ own: true, sees: true, admin: false, revoke: false });
  });

  it("are the sponsor's, and no other bank's", () => {
    expect(powersOver(person(bank, ["maker"]), supplier)).toMatchObject({ sees: true, revoke: true, suspend: "member:Suspend", update: "member:Update" });
    expect(powersOver(person(bank, ["reviewer"]), supplier)).toMatchObject({ revoke: true, suspend: "" });
    expect(powersOver(person(other, ["maker"]), supplier)).toMatchObject({ sees: false, revoke: false, suspend: "", update: "" });
  });

  it("are the banks' together over institutions", () => {
    expect(powersOver(person(other, ["maker"], true), bank)).toMatchObject({ suspend: "member:SuspendInstitution", update: "member:UpdateInstitution" });
    expect(powersOver(person(member("op", ["operator"]), ["maker"]), bank).suspend).toBe("");
    expect(powersOver(person(member("op", ["operator"]), ["maker"]), supplier).suspend).toBe("member:Suspend");
  });
});
