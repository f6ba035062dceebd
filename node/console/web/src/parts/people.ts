/** What pages know of the people of a member and their keys, before and on the ledger. */
import type { CredentialArgument } from "../lib/arguments";
import { fromBase64 } from "../lib/base64";
import { parseInstant } from "../lib/calendar";
import { refuse } from "../lib/problem";
import { type Credential, type PersonRole, personRoles } from "../lib/records";
import { parsePublicKey } from "../lib/spki";

/** How long before its end a key is warned of, in milliseconds. */
export const expiryWarning = 30 * 24 * 3600_000;

/** How a key stands at a moment of the ledger. */
export type KeyStanding = "revoked" | "expired" | "later" | "soon" | "valid";

/** standingOf says how a credential stands at a moment, in milliseconds of ledger time. */
export function standingOf(c: Pick<Credential, "notBefore" | "notAfter" | "revokedAt">, now: number): KeyStanding {
  if (c.revokedAt) return "revoked";
  const end = parseInstant(c.notAfter);
  if (end < now) return "expired";
  if (parseInstant(c.notBefore) > now) return "later";
  return end - now < expiryWarning ? "soon" : "valid";
}

/** personFits reports whether a text can name a person on the ledger: a pseudonym, never a name. */
export function personFits(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,32}$/.test(text);
}

/** rolesFault is why a person cannot have these roles together, as a key of keys.json, or "". */
export function rolesFault(roles: readonly PersonRole[], institution: boolean): "" | "none" | "admin" | "reviewer" {
  if (roles.length === 0) return "none";
  if (roles.includes("admin") && (roles.includes("maker") || roles.includes("checker"))) return "admin";
  return roles.includes("reviewer") && !institution ? "reviewer" : "";
}

/** kidsOf are the ids of the keys of credentials, in their order, made of the keys themselves. BAD_KEY. */
export async function kidsOf(credentials: readonly Pick<CredentialArgument, "publicKey">[]): Promise<string[]> {
  return Promise.all(credentials.map(async (c) => (await parsePublicKey(fromBase64(c.publicKey))).kid));
}

/** KeyRequest is what a person who made a key sends to the admin. */
export type KeyRequest = Pick<CredentialArgument, "person" | "roles" | "publicKey" | "possession">;

/** readKeyRequest reads the request of a person, as this console or `scf key request` writes it. CLIENT_KEY_FILE. */
export function readKeyRequest(text: string): KeyRequest {
  let value: Partial<KeyRequest>;
  try {
    value = JSON.parse(text) as Partial<KeyRequest>;
  } catch {
    return refuse("CLIENT_KEY_FILE", "it is no JSON");
  }
  const { person, roles, publicKey, possession } = value ?? {};
  const known: readonly string[] = personRoles;
  if (
    typeof person !== "string" || typeof publicKey !== "string" || typeof possession !== "string" ||
    !Array.isArray(roles) || !roles.every((r) => known.includes(r))
  ) {
    return refuse("CLIENT_KEY_FILE", "it is not the request of a key");
  }
  return { person, roles, publicKey, possession };
}
