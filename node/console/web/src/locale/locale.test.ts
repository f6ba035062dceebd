import { describe, expect, it } from "vitest";

type Texts = { [key: string]: string | Texts };

const files = import.meta.glob<Texts>("./*/*.json", { eager: true, import: "default" });

/** flat lists every text under its path; keys may have dots, so the path is a list in JSON. */
function flat(texts: Texts, path: string[] = []): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === "string"
      ? [[JSON.stringify([...path, key]), value] as [string, string]]
      : flat(value, [...path, key]),
  );
}

function places(text: string): string[] {
  return [...text.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((m) => m[1] ?? "").sort();
}

const areas = [...new Set(Object.keys(files).map((f) => f.split("/")[2] ?? ""))];

describe.each(areas)("texts of %s", (area) => {
  const chinese = new Map(flat(files[`./zh/${area}`] ?? {}));
  const english = new Map(flat(files[`./en/${area}`] ?? {}));

  it("has every text in both languages", () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort());
    expect(chinese.size).toBeGreaterThan(0);
  });

  it("has no empty text, and the same places for values", () => {
    for (const [key, text] of chinese) {
      expect(text.trim(), key).not.toBe("");
      expect(english.get(key)?.trim(), key).not.toBe("");
      expect(places(english.get(key) ?? ""), key).toEqual(places(text));
    }
  });
});
