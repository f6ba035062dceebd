/** Finds the transaction that decided a proposal, for what became of its items. */
import type { Api } from "../../lib/api";
import { parseInstant } from "../../lib/calendar";
import type { Event, NodeStatus, Outcome, Proposal, Transaction } from "../../lib/records";

interface EventsPage {
  items: Event[];
  next: string;
}

/** What the last approval returned: chaincode/approval.Result. */
export interface Decision {
  outcome: Outcome;
  state: string;
  code?: string;
  rule?: string;
  detail?: string;
  /** What the function returned. */
  result: unknown;
}

/** One item of a batch that was run. */
export interface ItemOutcome {
  /** OK when it was accepted. */
  code: string;
  rule?: string;
  detail?: string;
  result?: { certificate?: string };
}

/** What a batch returned. */
export interface BatchResult {
  accepted: number;
  refused: number;
  items: ItemOutcome[];
}

const most = 20; // pages of events that are read
const searched = 500; // events of a page

/** decisionOf finds the decision of a proposal that was approved; null when the viewer cannot see it. */
export async function decisionOf(api: Api, proposal: Proposal, node: NodeStatus): Promise<Decision | null> {
  const last = proposal.approvals.at(-1);
  if (!last) return null;
  // On a development network the ledger's time runs ahead of that of its blocks, which events have.
  const from = node.devnet ? 1 : await heightAt(api, parseInstant(last.at), node.height);
  let cursor = `${from}-0-0`;
  for (let page = 0; page < most; page++) {
    const events = await api.get<EventsPage>("/v1/events", { params: { cursor, limit: searched } });
    const event = events.items.find((e) => e.kind === "proposal.decided" && e.subject === proposal.id);
    if (event) {
      const { outcome } = await api.get<Transaction>(`/v1/transactions/${event.txId}`);
      return outcome ? decisionIn(outcome) : null;
    }
    if (events.items.length < searched) return null;
    cursor = events.next;
  }
  return null;
}

/** decisionIn reads what the approval returned. */
export function decisionIn(outcome: Outcome): Decision {
  const said = (outcome.result ?? {}) as { state?: string; code?: string; rule?: string; detail?: string; outcome?: unknown };
  return { outcome, state: said.state ?? "", code: said.code, rule: said.rule, detail: said.detail, result: said.outcome };
}

/** batchResultIn reads what became of the items of a batch; null for what is none. */
export function batchResultIn(result: unknown): BatchResult | null {
  const r = result as Partial<BatchResult> | null | undefined;
  return r && Array.isArray(r.items) ? { accepted: r.accepted ?? 0, refused: r.refused ?? 0, items: r.items } : null;
}

/** heightAt is the height of a block from which on what happened at a time is found among the viewer's events. */
async function heightAt(api: Api, millis: number, top: number): Promise<number> {
  let low = 1;
  let high = Math.max(1, top);
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const page = await api.get<EventsPage>("/v1/events", { params: { cursor: `${middle}-0-0`, limit: 1 } });
    const first = page.items[0];
    if (!first || parseInstant(first.time) >= millis) high = middle;
    else low = Math.max(middle + 1, first.height); // everything before this event is earlier
  }
  return low;
}
