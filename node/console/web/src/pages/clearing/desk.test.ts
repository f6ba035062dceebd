import { describe, expect, it } from "vitest";
import type { DeskAccount } from "../../lib/records";
import { byNumber, formOf, refusedOf } from "./desk";

const account = (member: string, word: string): DeskAccount => ({ member, account: word, number: "6222020018113661826", name: "x", salt: "AAAA" });

describe("byNumber", () => {
  const [first, second] = [account("91330100000869877P", "main"), account("91330100000869877P", "second")];

  it("leaves out accounts that a message names by member and word", () => {
    const text = "<Othr><Id>91330100000869877P/main</Id></Othr><Othr><Id>6222020018113661826</Id></Othr>";
    expect(byNumber([first, second], [text])).toEqual([second]);
  });

  it("keeps all when messages name numbers alone", () => {
    expect(byNumber([first, second], ["<Id>6222020018113661826</Id>", "a 91330100000869877P/main outside of an element"])).toEqual([first, second]);
    expect(byNumber([first], [])).toEqual([first]);
  });
});

describe("formOf", () => {
  it("puts files and accounts into the parts of a form", async () => {
    const form = await formOf([new File(["<a/>"], "a.xml", { type: "text/xml" })], [account("91330100000869877P", "main")]);
    const text = new TextDecoder().decode(form.bytes);
    expect(form.type).toMatch(/^multipart\/form-data; boundary=/);
    expect(text).toContain('name="accounts"');
    expect(text).toContain('filename="a.xml"');
    expect(text).toContain("<a/>");
  });
});

describe("refusedOf", () => {
  it("names the places of refused items", () => {
    expect(refusedOf({ items: [{ code: "OK" }, { code: "FROZEN", detail: "x" }] })).toEqual([{ code: "FROZEN", detail: "x", place: 1 }]);
    expect(refusedOf(null)).toEqual([]);
  });
});
