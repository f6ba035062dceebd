import { describe, expect, it } from "vitest";
import type { Edge } from "../../lib/records";
import { depthOf, flowsOf, leavesOf, partsOf } from "./graph";

const edge = (kind: Edge["kind"], from: string, to: string, interval: string, tier: number): Edge => ({
  kind, from, to, interval, amount: "", tier, order: "", time: "2026-09-01T09:00:00.000+08:00", txId: "", height: 1,
});

/** A certificate of 10.00: B keeps 4.00, C gets 6.00 in two payments and passes 3.00 of both on to D, who gives 1.00 back to B. */
const tree = {
  debtor: "A",
  face: "10.00",
  edges: [
    edge("issue", "A", "B", "1-1000", 1),
    edge("transfer", "B", "C", "1-200", 2),
    edge("transfer", "B", "C", "201-600", 2),
    edge("transfer", "C", "D", "101-400", 3),
    edge("transfer", "D", "B", "101-200", 4),
  ],
};

describe("the picture of a certificate", () => {
  it("has every fen once: what is kept adds up to the face", () => {
    const root = partsOf(tree);
    const kept: bigint[] = [];
    const walk = (p: ReturnType<typeof partsOf>): void => {
      kept.push(p.kept);
      p.children.forEach(walk);
    };
    walk(root);
    expect(kept.reduce((a, b) => a + b, 0n)).toBe(1000n);
    expect(root.amount).toBe(1000n);
  });

  it("takes a payment out of each part that it draws on", () => {
    const first = partsOf(tree).children[0];
    expect(first?.owner).toBe("B");
    expect(first?.kept).toBe(400n);
    expect(first?.children.map((c) => [c.owner, c.amount, c.kept])).toEqual([["C", 200n, 100n], ["C", 400n, 200n]]);
    expect(first?.children.map((c) => c.children.map((d) => [d.owner, d.amount]))).toEqual([[["D", 100n]], [["D", 200n]]]);
  });

  it("never flows in a circle, and adds up what goes between the same two at a step", () => {
    const { nodes, flows } = flowsOf(partsOf(tree));
    expect(nodes).toEqual(["0|A", "1|B", "2|C", "3|D", "4|B"]);
    expect(flows.map((f) => `${f.from} ${f.to} ${f.amount}`)).toEqual(["0|A 1|B 1000", "1|B 2|C 600", "2|C 3|D 300", "3|D 4|B 100"]);
  });

  it("ends at one place for all that was paid", () => {
    const paid = [edge("redeem", "B", "A", "601-1000", 1), edge("redeem", "C", "A", "1-100", 2)];
    const { nodes, flows } = flowsOf(partsOf({ ...tree, edges: [...tree.edges, ...paid] }));
    expect(nodes).toContain("redeemed");
    expect(flows.filter((f) => f.to === "redeemed").map((f) => `${f.from} ${f.amount}`)).toEqual(["2|C 100", "1|B 400"]);
  });

  it("knows its depth and its ends", () => {
    const root = partsOf(tree);
    expect(depthOf(root)).toBe(4);
    expect(leavesOf(root)).toBe(2);
  });

  it("of a certificate that nobody has accepted is its debtor alone", () => {
    const root = partsOf({ debtor: "A", face: "10.00", edges: [] });
    expect(root.children).toEqual([]);
    expect(flowsOf(root).flows).toEqual([]);
  });
});
