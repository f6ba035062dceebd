/** Pictures of how a certificate was split and transferred: a tree of parts, and a flow from step to step. */
import { type Span, parseInterval } from "../../lib/interval";
import { type Fen, sumFen } from "../../lib/money";
import type { Edge, MoveKind, Tree } from "../../lib/records";

/** A part of a certificate with one owner, which it got by one move. */
export interface Part {
  id: number;
  owner: string;
  /** How it came; null for the debtor's promise at the root. */
  kind: MoveKind | null;
  /** When it came. */
  time: string;
  tier: number;
  amount: Fen;
  /** What of it the owner still has. */
  kept: Fen;
  children: Part[];
}

/** What flows between two owners at one step. */
export interface Flow {
  from: string;
  to: string;
  amount: Fen;
}

interface Live {
  part: Part;
  spans: Span[];
}

/** mostEdges is how many moves a picture can show and still be read. */
export const mostEdges = 200;

const size = (spans: readonly Span[]): Fen => sumFen(spans.map((s) => s.to - s.from + 1n));

/** partsOf grows the tree: each move takes its fen out of the parts of their owner, and makes a part of the new one. */
export function partsOf(tree: Pick<Tree, "debtor" | "face" | "edges">): Part {
  const first = tree.edges[0];
  const root: Part = { id: 0, owner: tree.debtor, kind: null, time: first?.time ?? "", tier: 0, amount: 0n, kept: 0n, children: [] };
  const live: Live[] = [];
  let next = 1;
  const grow = (under: Part, edge: Edge, spans: Span[]): void => {
    const part: Part = { id: next++, owner: edge.to, kind: edge.kind, time: edge.time, tier: edge.tier, amount: size(spans), kept: 0n, children: [] };
    under.children.push(part);
    live.push({ part, spans });
  };
  for (const edge of tree.edges.slice(0, mostEdges)) {
    const moved = parseInterval(edge.interval);
    if (edge.kind === "issue") {
      root.amount += moved.to - moved.from + 1n;
      grow(root, edge, [moved]);
      continue;
    }
    for (const holder of [...live]) {
      const taken = holder.spans.flatMap((s) => meet(s, moved));
      if (taken.length === 0) continue;
      holder.spans = holder.spans.flatMap((s) => cut(s, moved));
      grow(holder.part, edge, taken);
    }
  }
  for (const { part, spans } of live) part.kept = size(spans);
  return root;
}

function meet(a: Span, b: Span): Span[] {
  const from = a.from > b.from ? a.from : b.from;
  const to = a.to < b.to ? a.to : b.to;
  return from <= to ? [{ from, to }] : [];
}

function cut(a: Span, b: Span): Span[] {
  const low = { from: a.from, to: a.to < b.from - 1n ? a.to : b.from - 1n };
  const high = { from: a.from > b.to + 1n ? a.from : b.to + 1n, to: a.to };
  return [low, high].filter((s) => s.from <= s.to);
}

/** stepOf names an owner at a depth of the tree, so that a flow never leads back: the same member may stand at several. */
export const stepOf = (depth: number, owner: string): string => `${depth}|${owner}`;

/** redeemed is the step at which everything ends that was paid. */
export const redeemed = "redeemed";

/** flowsOf joins the parts of an owner at the same depth and adds up what goes between them. */
export function flowsOf(root: Part): { nodes: string[]; flows: Flow[] } {
  const nodes = new Set<string>();
  const flows = new Map<string, Flow>();
  const walk = (part: Part, depth: number): void => {
    const from = stepOf(depth, part.owner);
    nodes.add(from);
    for (const child of part.children) {
      const to = child.kind === "redeem" && child.children.length === 0 ? redeemed : stepOf(depth + 1, child.owner);
      const known = flows.get(`${from} ${to}`);
      if (known) known.amount += child.amount;
      else flows.set(`${from} ${to}`, { from, to, amount: child.amount });
      if (to === redeemed) nodes.add(to);
      else walk(child, depth + 1);
    }
  };
  walk(root, 0);
  return { nodes: [...nodes], flows: [...flows.values()] };
}

/** depthOf is how many steps the tree has below its root. */
export function depthOf(part: Part): number {
  return part.children.length === 0 ? 0 : 1 + Math.max(...part.children.map(depthOf));
}

/** leavesOf counts the ends of the tree, for the height of the picture. */
export function leavesOf(part: Part): number {
  return part.children.length === 0 ? 1 : part.children.reduce((n, c) => n + leavesOf(c), 0);
}
