/** The first people of an enterprise while it enrols. */
import { base64 } from "../../lib/base64";
import type { EncryptionKey } from "../../lib/envelope";
import { signPossession } from "../../lib/jws";
import type { MadeKey } from "../../lib/keys";
import type { PersonKey, PersonRole } from "../../lib/records";
import { personFits, rolesFault } from "../../parts/people";

/** One of the first people, with the key once it is made. */
export interface Starter {
  /** For the page alone. */
  id: number;
  person: string;
  roles: PersonRole[];
  made: MadeKey | null;
  saved: boolean;
}

/** The key with which the enterprise reads what is sealed to it. */
export interface ReaderKey {
  key: EncryptionKey;
  file: string;
  fileName: string;
  saved: boolean;
}

/** firstPeople are two admins, a maker and a checker: with them every rule of dual control can be met. */
export function firstPeople(): Starter[] {
  const list: [string, PersonRole][] = [["admin1", "admin"], ["admin2", "admin"], ["maker1", "maker"], ["checker1", "checker"]];
  return list.map(([person, role], id) => ({ id, person, roles: [role], made: null, saved: false }));
}

/** personFault is what is wrong with a person among the others, as a key of keys.json's faults, or "". */
export function personFault(p: Starter, all: readonly Starter[]): string {
  if (!personFits(p.person)) return "person";
  if (all.some((o) => o !== p && o.person === p.person)) return "twice";
  return rolesFault(p.roles, false);
}

/** whatLacks says why the people cannot enrol yet, as a key of join.json's lacks, or "". */
export function whatLacks(people: readonly Starter[], reader: ReaderKey | null): "" | "fault" | "admin" | "keys" | "save" {
  if (people.some((p) => personFault(p, people) !== "")) return "fault";
  if (!people.some((p) => p.roles.includes("admin"))) return "admin";
  if (!reader || people.some((p) => !p.made)) return "keys";
  return reader.saved && people.every((p) => p.saved) ? "" : "save";
}

/** personKeys are the public keys with their proofs of possession for this network and member. */
export async function personKeys(people: readonly Starter[], network: string, member: string): Promise<PersonKey[]> {
  const list: PersonKey[] = [];
  for (const { person, roles, made } of people) {
    if (!made) continue;
    const possession = base64(await signPossession(made.key, network, member, person));
    list.push({ person, roles, publicKey: base64(made.key.spki), possession });
  }
  return list;
}
