import { describe, expect, it } from "vitest";
import { fromBase64 } from "../../lib/base64";
import { EncryptionKey } from "../../lib/envelope";
import { possessionMessage } from "../../lib/jws";
import { makeKey, verify } from "../../lib/keys";
import { kidsOf } from "../../parts/people";
import { type Starter, firstPeople, personFault, personKeys, whatLacks } from "./people";

const member = "91330000MA27U00A0X";

describe("first people", () => {
  it("are enough for dual control and lack their keys", () => {
    const people = firstPeople();
    expect(people.flatMap((p) => p.roles).sort()).toEqual(["admin", "admin", "checker", "maker"]);
    expect(whatLacks(people, null)).toBe("keys");
    expect(whatLacks(people.filter((p) => !p.roles.includes("admin")), null)).toBe("admin");
  });

  it("names what is wrong with one of them", () => {
    const people = firstPeople();
    const [first, second] = people as [Starter, Starter];
    expect(personFault(first, people)).toBe("");
    second.person = first.person;
    expect(personFault(second, people)).toBe("twice");
    second.person = "王";
    expect(personFault(second, people)).toBe("person");
    expect(whatLacks(people, null)).toBe("fault");
  });

  it("prove possession of keys whose files were saved", async () => {
    const people = firstPeople().slice(0, 1);
    const [p] = people as [Starter];
    p.made = await makeKey("a long passphrase");
    const key = await EncryptionKey.make();
    const reader = { key, file: "", fileName: "", saved: true };
    expect(whatLacks(people, reader)).toBe("save");
    p.saved = true;
    expect(whatLacks(people, reader)).toBe("");
    const [sent] = await personKeys(people, "test-net", member);
    const message = possessionMessage(p.made.key.kid, "test-net", member, "admin1");
    expect(await verify(p.made.key, message, fromBase64(sent?.possession ?? ""))).toBe(true);
    expect(await kidsOf(sent ? [sent] : [])).toEqual([p.made.key.kid]);
  });
});
