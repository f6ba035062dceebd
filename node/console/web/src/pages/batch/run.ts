/** Sends a batch part by part, so that it can go on where it stopped: each part is signed once and kept before it is sent. */
import { type Api, outcomeOf } from "../../lib/api";
import { type BatchItem, call } from "../../lib/arguments";
import { propose } from "../../lib/build";
import { Problem } from "../../lib/problem";
import type { Outcome } from "../../lib/records";
import type { Vault } from "../../lib/vault";

/** A part on its way. */
export interface SentPart {
  items: BatchItem[];
  lines: number[];
  /** Id of the transaction that carries it; empty before it is signed. */
  txId: string;
  state: "waiting" | "sent" | "done" | "refused";
  /** The proposal that now waits, or empty. */
  proposal: string;
  /** Of a part that was run at once. */
  accepted: number;
  refused: number;
  code: string;
  detail: string;
}

/** A file of a row. */
export interface RowFile {
  digest: string;
  name: string;
  line: number;
}

/** A batch on its way, as this browser keeps it. */
export interface Run {
  /** Who signs it. */
  kid: string;
  /** Whether a checker is asked. */
  proposed: boolean;
  /** Day of the numbers. */
  day: string;
  count: number;
  amount: string;
  parts: SentPart[];
  files: RowFile[];
}

const place = (kid: string): string => `tierledger-batch-${kid}`;

/** savedRun is the batch that this person began, or null. */
export function savedRun(kid: string): Run | null {
  try {
    return JSON.parse(localStorage.getItem(place(kid)) ?? "null") as Run | null;
  } catch {
    return null;
  }
}

/** saveRun keeps a batch on its way; null forgets it. A browser that keeps nothing only loses the way to go on. */
export function saveRun(kid: string, run: Run | null): void {
  try {
    if (run) localStorage.setItem(place(kid), JSON.stringify(run));
    else localStorage.removeItem(place(kid));
  } catch {
    // the pages work without it
  }
}

/** isOver says whether every part has an answer. */
export function isOver(run: Run): boolean {
  return run.parts.every((p) => p.state === "done" || p.state === "refused");
}

const running = new Map<string, Promise<Run>>();

/**
 * send goes on with a batch: what was signed is sent again with the same bytes, the next parts are signed. It tells of
 * every step, and throws when the node cannot be reached; then it can be called again. While a person's batch is being
 * sent, another call waits for that.
 */
export async function send(api: Api, vault: Vault | null, run: Run, onStep: (run: Run) => void): Promise<Run> {
  const before = running.get(run.kid);
  const sending = before ?? sendParts(api, vault, run, onStep).finally(() => running.delete(run.kid));
  running.set(run.kid, sending);
  const done = await sending;
  if (before) onStep(done);
  return done;
}

async function sendParts(api: Api, vault: Vault | null, run: Run, onStep: (run: Run) => void): Promise<Run> {
  let now = run;
  const step = (i: number, change: Partial<SentPart>): void => {
    now = { ...now, parts: now.parts.map((p, at) => (at === i ? { ...p, ...change } : p)) };
    onStep(now);
  };
  for (let i = 0; i < now.parts.length; ) {
    const part = now.parts[i];
    if (!part || part.state === "done" || part.state === "refused") {
      i++;
      continue;
    }
    const known = part.txId ? (await vault?.outbox())?.find((e) => e.id === part.txId) : undefined;
    const signed = known ?? (await signPart(api, now.proposed, part));
    step(i, { txId: signed.id, state: "sent" });
    try {
      step(i, { state: "done", ...saidOf(outcomeOf(await api.submit(signed)), now.proposed) });
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // What expired can no longer take effect, so it is signed anew.
      if (error.code === "EXPIRED") step(i, { txId: "", state: "waiting" });
      else step(i, { state: "refused", code: error.code, detail: error.detail });
    }
  }
  return now;
}

/** isRefusal says whether the ledger or the node has answered for good: the same bytes would be refused again. */
function isRefusal(error: unknown): error is Problem {
  return error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429;
}

async function signPart(api: Api, proposed: boolean, part: SentPart): Promise<Awaited<ReturnType<Api["sign"]>>> {
  const batch = call("batch:Run", { items: part.items });
  if (!proposed) return api.sign(batch.function, batch.argument);
  const asked = propose(batch);
  return api.sign(asked.function, asked.argument);
}

function saidOf(outcome: Outcome, proposed: boolean): Partial<SentPart> {
  if (proposed) return { proposal: (outcome.result as { id: string }).id };
  const { accepted, refused } = outcome.result as { accepted: number; refused: number };
  return { accepted, refused };
}
