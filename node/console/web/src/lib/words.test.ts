import { describe, expect, it } from "vitest";

import { call } from "./arguments";
import {
  adviceOf, allocate, approve, batches, credentialOf, issue, legsAmount, needsProposal, nextNumber, policyAmount, propose, select,
  takeLow, takeRate, unlockedAmount,
} from "./build";
import { sha256Hex } from "./digest";
import { makeKey } from "./keys";
import { fenText, maxFen } from "./money";
import { amountIn, hasWords, plainWords, titleOf, wordOf } from "./plain";
import { fields, overrides } from "./plain-fields";
import { sentences } from "./plain-sentences";
import { Problem } from "./problem";
import {
  type Holding, type Invoice, type PostedRate, type Proposal, type Settlement, type Terms, classes, financingKinds, interestModes,
  personRoles, registrationKinds, roles, waiverReasons,
} from "./records";
import vectors from "./vectors.json";

const core = "91330100000869877P";
const supplier = "913301000123563658";
const name = (id: string): string => (id === core ? "核心企业" : id);
const names = vectors.functions.map((f) => f.name).filter((n) => n !== "sweep:Run");

function codeOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  throw new Error("it was not refused");
}

const holding = (id: number, interval: string, locks: string[] = [], redeemed: string | null = null): Holding => ({
  certificate: "C", id, version: 1, owner: supplier, interval, tiers: [], hopDay: null, hops: 0, since: "", redeemed, accrues: null,
  locks: locks.map((i) => ({ kind: "offer", interval: i, order: "", counterpart: "", at: "" })),
  claim: { payment: "2026-04-07", recourse: "", guarantor: "", financing: "" },
});
const invoice = (fingerprint: string, amount: string, allocated: string): Invoice =>
  ({ fingerprint, amount, allocated, cancelled: "0.00" }) as Invoice;

describe("plain words", () => {
  it("have a sentence for every function of the ledger and for no other", () => {
    expect(Object.keys(sentences).sort()).toEqual([...names].sort());
    for (const n of names) expect(hasWords(n)).toBe(true);
  });

  it("name every member of every argument", () => {
    for (const f of vectors.functions) {
      for (const member of f.members) {
        if (f.name !== "sweep:Run") expect([f.name, member, overrides[f.name]?.[member] ?? fields[member]]).not.toContain(undefined);
      }
    }
  });

  it("use only members that the argument has", () => {
    for (const f of vectors.functions) {
      const sentence = sentences[f.name];
      for (const text of sentence ? sentence.text : []) {
        for (const [, member] of text.matchAll(/\{(\w+)\}/g)) {
          expect([f.name, ...f.members]).toContain(member === "sum" ? "legs" : member);
        }
      }
    }
  });

  it("have a word for every value that people choose", () => {
    for (const word of [...classes, ...roles, ...personRoles, ...financingKinds, ...interestModes, ...registrationKinds, ...waiverReasons]) {
      expect(wordOf(word, "zh")).toMatch(/[\u4e00-\u9fff]/);
    }
  });

  it("say what is issued, to whom, with the amount in figures and capitals", () => {
    const { argument } = issue({
      number: vectors.certificates[0]?.number ?? "", creditor: core, face: "300000.00", maturity: "2027-03-31", reference: "r", contract: "c",
      allocations: [{ invoice: "a".repeat(64), amount: "300000.00" }],
    });
    const zh = plainWords("certificate:Issue", argument, { language: "zh", name });
    expect(zh.title).toBe("开立凭证");
    expect(zh.sentence).toBe(`向 核心企业（${core}） 开立 ¥300,000.00 的凭证，承诺于 2027-03-31 到期付款。`);
    expect([zh.amount, zh.capital]).toEqual(["300000.00", "人民币叁拾万元整"]);
    expect(zh.lines).toContainEqual({ label: "票面金额", text: "¥300,000.00", strong: true });
    const en = plainWords("certificate:Issue", argument, { language: "en", name });
    expect(en.sentence).toContain("¥300,000.00");
    expect(en.lines).toHaveLength(zh.lines.length);
    expect(JSON.parse(en.json)).toEqual(argument);
  });

  it("show the cost of a financing, every term, and what the caller knows besides", () => {
    const { argument } = call("financing:Select", { id: "f", bank: core, salt: vectors.quote.salt, terms: vectors.quote.terms as Terms, net: "99.00" });
    const words = plainWords("financing:Select", argument, {
      language: "en", facts: { amount: "100.00", allIn: "3.6835", lines: [{ label: "Request", text: "f" }] },
    });
    expect(words.amount).toBe("100.00");
    expect(words.lines).toContainEqual({ label: "All-in cost a year", text: "3.6835 %", strong: true });
    expect(words.lines).toContainEqual({ label: "Request", text: "f" });
    expect(words.lines.map((l) => l.text)).toEqual(expect.arrayContaining(["sale with recourse", "3.625 %", "¥99.00"]));
    expect(words.warning).not.toBe("");
  });

  it("name the rate of a bank's terms, and not by the number of what was posted", () => {
    const words = plainWords("financing:TakeRate", { bank: core, rate: "R1", terms: { rate: "3.6250" } }, { language: "en" });
    expect(words.lines).toContainEqual({ label: "Posted rate", text: "R1" });
    expect(words.lines).toContainEqual({ label: "Rate a year", text: "3.625 %" });
  });

  it("say why late interest is given up in words", () => {
    expect(plainWords("clearing:Waive", { settlement: "s", reason: "trifle" }, { language: "zh" }).sentence).toContain("小额");
  });

  it("say of a proposal what is proposed, and of a batch what is in it", () => {
    const transfer = call("certificate:Transfer", {
      to: core, reference: "r", legs: [{ certificate: "C", holding: 1, version: 1, interval: "1-500" }], allocations: [],
    });
    const words = plainWords("approval:Propose", propose(transfer, core).argument, { language: "zh", name });
    expect(words.title).toBe("提交审批：转让付款");
    expect(words.sentence).toContain("¥5.00");
    expect(words.amount).toBe("5.00");
    expect(words.lines.map((l) => l.label)).toContain("对手方");
    const [batch] = batches([transfer, transfer, call("certificate:Accept", { certificate: "C" })]);
    const all = plainWords("batch:Run", batch?.argument ?? {}, { language: "zh" });
    expect(all.sentence).toContain("2 项“转让付款”、1 项“签收凭证”");
    expect(all.amount).toBe("10.00");
  });

  it("show what they do not know as JSON and never leave anything out", () => {
    const words = plainWords("new:Function", { weird: { a: [1] }, face: "not money" }, { language: "en" });
    expect(words.title).toBe("new:Function");
    expect(words.lines).toEqual([{ label: "weird", text: '{"a":[1]}' }, { label: "Face", text: '"not money"', strong: true }]);
    expect(titleOf("new:Function", "zh")).toBe("new:Function");
  });

  it("write every kind of member of every function without failing", () => {
    const sample: Record<string, unknown> = { legs: [{ certificate: "C", holding: 1, version: 1, interval: "1-2" }] };
    for (const f of vectors.functions) {
      const argument = Object.fromEntries(f.members.map((m) => [m, sample[m] ?? "x"]));
      for (const language of ["zh", "en"] as const) {
        const words = plainWords(f.name, argument, { language, facts: { amount: "1.00" } });
        expect(words.sentence).not.toMatch(/\{\w+\}|undefined/);
      }
    }
  });
});

describe("parts of holdings", () => {
  it("are taken from the low end, past locks", () => {
    const list = [holding(1, "1-1000", ["1-100", "301-400"]), holding(2, "2001-3000"), holding(3, "5001-6000", [], "2026-01-01")];
    expect(fenText(unlockedAmount(list[0] as Holding))).toBe("8.00");
    const legs = takeLow(list, 900n);
    expect(legs.map((l) => [l.holding, l.interval])).toEqual([[1, "101-300"], [1, "401-1000"], [2, "2001-2100"]]);
    expect(legsAmount(legs)).toBe(900n);
    expect(codeOf(() => takeLow(list, 1801n))).toBe("BAD_INTERVAL");
    expect(takeLow(list, 1800n)).toHaveLength(3);
    expect(codeOf(() => takeLow(list, 0n))).toBe("BAD_AMOUNT");
  });

  it("are covered by invoices in order", () => {
    const invoices = [invoice("a", "5.00", "5.00"), invoice("b", "5.00", "2.00"), invoice("c", "5.00", "0.00")];
    expect(allocate(invoices, 400n)).toEqual([{ invoice: "b", amount: "3.00" }, { invoice: "c", amount: "1.00" }]);
    expect(codeOf(() => allocate(invoices, 801n))).toBe("BAD_AMOUNT");
  });
});

describe("calls", () => {
  it("number certificates one after another", () => {
    const first = nextNumber(core, "2026-01-05", []);
    expect(first).toBe(vectors.certificates[0]?.number);
    expect(nextNumber(core, "2026-01-05", [first, "none"]).slice(26, 32)).toBe("000002");
    expect(nextNumber(core, "2026-01-06", [first]).slice(26, 32)).toBe("000001");
  });

  it("choose quotes and rates with the net that the ledger computes", () => {
    const terms = vectors.quote.terms as Terms;
    const parts = [{ amount: 100_000_00n, payment: "2026-12-31" }];
    const chosen = select("f", core, { salt: "s", terms }, parts).argument;
    const rate = { bank: core, id: "r", terms: { ...terms, valueDate: null }, valueDays: 0 } as PostedRate;
    expect(takeRate(rate, [], parts, "main", terms.valueDate ?? "").argument.net).toBe(chosen.net);
    expect(takeRate(rate, [], parts, "main", terms.valueDate ?? "").argument.terms.valueDate).toBeNull();
  });

  it("advise exactly what the settlement says", () => {
    const s = { id: "s", amount: "1.00", payer: "p", payerAccount: "a", payee: "q", payeeAccount: "b" } as Settlement;
    expect(adviceOf(s, "ref", "t")).toEqual({
      settlement: "s", reference: "ref", amount: "1.00", payer: "p", payerAccount: "a", payee: "q", payeeAccount: "b", credited: "t",
    });
  });

  it("register keys with a validity in years", async () => {
    const { key } = await makeKey("a long passphrase");
    const of = { network: "n", member: core, person: "p", roles: ["maker" as const] };
    const c = await credentialOf(key, of, Date.parse("2028-02-29T01:00:00Z"), 3);
    expect([c.notBefore, c.notAfter]).toEqual(["2028-02-29T09:00:00.000+08:00", "2031-02-28T09:00:00.000+08:00"]);
  });

  it("approve only what the digest says", async () => {
    const proposal = { id: "p", argument: '{"a":"付"}', manifest: await sha256Hex('{"a":"付"}') } as Proposal;
    expect((await approve(proposal)).argument).toEqual({ id: "p", manifest: proposal.manifest });
    await expect(approve({ ...proposal, argument: '{"a":"收"}' })).rejects.toMatchObject({ code: "MANIFEST_MISMATCH" });
  });

  it("need approval as the ledger says", () => {
    const policy = [{ function: "certificate:Issue", from: "50000.00" }, { function: "*", from: "0.01" }];
    expect(needsProposal("certificate:Issue", 49_999_99n, policy)).toBeNull();
    expect(needsProposal("certificate:Issue", 50_000_00n, policy)).toBe("checker");
    expect(needsProposal("certificate:Reject", null, policy)).toBe("checker");
    expect(needsProposal("certificate:Reject", null, [{ function: "*", from: "5.00" }])).toBeNull();
    expect(needsProposal("approval:Approve", null, policy)).toBeNull();
    expect(needsProposal("member:RevokeCredential", null, policy)).toBeNull();
    expect(needsProposal("certificate:Void", null, [], "counterparty")).toBe("counterparty");
    expect(needsProposal("certificate:Issue", 1n, [], "none")).toBeNull();
  });

  it("are worth to a policy what the ledger compares", () => {
    const legs = [{ certificate: "C", holding: 1, version: 1, interval: "1-500" }];
    expect(policyAmount("financing:TakeRate", { legs, net: "4.00" })).toBe(500n);
    expect(policyAmount("certificate:Pledge", { leg: legs[0], secured: "1.00" })).toBe(500n);
    expect(policyAmount("financing:PostRate", { max: "1.00" })).toBe(maxFen);
    expect(policyAmount("financing:PostRate", { volume: "2.00" })).toBe(200n);
    expect(policyAmount("certificate:Issue", { face: "3.00" })).toBe(300n);
    expect(policyAmount("certificate:Accept", { certificate: "C" })).toBeNull();
    expect(amountIn("certificate:Accept", { certificate: "C" })).toBe("");
  });
});
