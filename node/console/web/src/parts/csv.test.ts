import { describe, expect, it } from "vitest";
import type { Api } from "../lib/api";
import { csvOf, withoutHead } from "./csv";

describe("csvOf", () => {
  it("puts pages together below one line of names", async () => {
    const pages: Record<string, { text: string; next: string }> = {
      "": { text: "day,debtor\r\n2027-01-01,a\r\n", next: "c1" },
      c1: { text: "day,debtor\r\n2027-01-02,b\r\n", next: "c2" },
      c2: { text: "day,debtor\r\n", next: "" },
    };
    const api = {
      file: (_path: string, options: { params: { cursor: string; limit: number; debtor: string }; accept: string }) => {
        const page = pages[options.params.cursor];
        expect(options.accept).toBe("text/csv");
        expect(options.params.debtor).toBe("x");
        return Promise.resolve({ blob: new Blob([page?.text ?? ""]), name: "", next: page?.next ?? "" });
      },
    } as unknown as Api;
    const csv = await csvOf(api, "/v1/reports/daily", { debtor: "x" });
    expect(await csv.text()).toBe("day,debtor\r\n2027-01-01,a\r\n2027-01-02,b\r\n");
  });

  it("keeps line breaks within cells", () => {
    expect(withoutHead("a,b\r\n\"x\r\ny\",z\r\n")).toBe("\"x\r\ny\",z\r\n");
    expect(withoutHead("")).toBe("");
  });
});
