/** Who may do what with a member's people and standing. */
import type { Session } from "../../app/session";
import type { Member, Role } from "../../lib/records";

const institutions: Role[] = ["funder", "operator", "auditor"];

/** isInstitution reports whether the banks together answer for a member. */
export function isInstitution(m: Pick<Member, "roles">): boolean {
  return m.roles.some((r) => institutions.includes(r));
}

/** Powers are what the viewer may do with a member. */
export interface Powers {
  /** It is the viewer's own. */
  own: boolean;
  /** The viewer's bank vouched for it. */
  sponsor: boolean;
  /** Sees its people and their keys. */
  sees: boolean;
  /** Registers and renews keys and sets the policy: an admin of the member. */
  admin: boolean;
  /** Ends keys: an admin of the member, or a maker or reviewer of its sponsor. */
  revoke: boolean;
  /** Suspends and resumes directly, with the function's name. */
  suspend: "member:Suspend" | "member:SuspendInstitution" | "";
  /** Changes name and class, with the function's name. */
  update: "member:Update" | "member:UpdateInstitution" | "";
}

/** powersOver says what a viewer may do with a member; the ledger decides. */
export function powersOver(s: Pick<Session, "member" | "viewer" | "is" | "may">, m: Member): Powers {
  const own = s.member.id === m.id;
  const sponsor = m.sponsor !== "" && m.sponsor === s.member.id;
  const admin = own && s.may("admin");
  const bank = s.is("funder") && s.may("maker");
  const direct = !isInstitution(m) && s.may("maker") && (sponsor || s.is("operator"));
  const motion = bank && s.viewer.validator;
  return {
    own, sponsor, admin,
    sees: own || sponsor,
    revoke: admin || (sponsor && s.may("maker", "reviewer")),
    suspend: direct ? "member:Suspend" : motion ? "member:SuspendInstitution" : "",
    update: bank && sponsor ? "member:Update" : motion && m.sponsor === "" ? "member:UpdateInstitution" : "",
  };
}
