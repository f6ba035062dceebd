/**
 * The node's REST API for one person, or for nobody: a fresh login token for every request, answers kept by ETag, signed
 * transactions stored before they are sent and the same bytes sent again, and the stream of events.
 */
import { type Bytes, utf8 } from "./base64";
import { parseInstant } from "./calendar";
import { type Payload, type Signed, argumentText, newNonce, signLogin, signTransaction } from "./jws";
import { type Field, type Language, Problem, isCode, refuse } from "./problem";
import type { Event, NodeStatus, Outcome, Page, Transaction } from "./records";
import { readEvents } from "./stream";
import type { Identity, Outbox, OutboxEntry } from "./vault";

/** Query parameters; those that are undefined, null or empty are left out. */
export type Params = Record<string, string | number | boolean | undefined | null>;

/** How one request is made. */
export interface CallOptions {
  params?: Params;
  signal?: AbortSignal;
  /** The operation needs no login: no token is sent. */
  open?: boolean;
}

/** How an Api is made. */
export interface ApiOptions {
  /** Address of the node, without a slash at the end; the page's own when left out. */
  base?: string;
  identity?: Identity;
  language?: Language;
  /** Keeps signed transactions before they are sent. */
  outbox?: Outbox;
}

/** A file that the node answered with. */
export interface Download {
  blob: Blob;
  /** Name that the node gives it, or empty. */
  name: string;
  /** Of a report in pages: the cursor of the next page, or empty. */
  next: string;
}

/** A signed transaction with what it asks for. */
export interface SignedCall extends Signed {
  function: string;
  argument: string;
}

/** How long a transaction may wait for a block, in milliseconds of ledger time. */
export const transactionLife = 10 * 60_000;

const attempts = 5;
const firstPause = 200;
const lastPause = 4_000;
const timeRefreshed = 60_000; // age at which the ledger's time is asked for again
const keptAnswers = 200;
const toleratedSkew = 5_000;
const longestSilence = 90_000; // of a stream of events, whose node says every few seconds that it is still there

interface Clock {
  network: string;
  node: string;
  /** Ledger time in milliseconds when it was heard; 0 before the first block. */
  ledger: number;
  heard: number;
  /** The node's own clock less the browser's, milliseconds. */
  skew: number;
}

interface Request {
  method: string;
  path: string;
  params?: Params;
  body?: Bytes;
  type?: string;
  accept?: string;
  signal?: AbortSignal;
  open?: boolean;
  headers?: Record<string, string>;
}

/** The API of one node for one person. */
export class Api {
  readonly base: string;
  readonly identity: Identity | null;
  readonly language: Language;
  private readonly outbox: Outbox | null;
  private clock: Clock | null = null;
  private readonly answers = new Map<string, { tag: string; value: unknown }>();

  constructor(options: ApiOptions = {}) {
    this.base = (options.base ?? globalThis.location?.origin ?? "").replace(/\/$/, "");
    this.identity = options.identity ?? null;
    this.language = options.language ?? "zh";
    this.outbox = options.outbox ?? null;
  }

  /** The same node for another person or in another language. */
  with(change: { identity?: Identity | null; language?: Language }): Api {
    const identity = change.identity === undefined ? this.identity : change.identity;
    const options: ApiOptions = { base: this.base, language: change.language ?? this.language };
    if (identity) options.identity = identity;
    if (this.outbox) options.outbox = this.outbox;
    const other = new Api(options);
    other.clock = this.clock;
    return other;
  }

  /** Reads JSON. A page that did not change is not sent again (ETag). */
  async get<T>(path: string, options: CallOptions = {}): Promise<T> {
    const key = `${this.identity?.kid ?? ""} ${this.url(path, options.params).href}`;
    const known = this.answers.get(key);
    const request: Request = { method: "GET", path, ...options };
    if (known) request.headers = { "If-None-Match": known.tag };
    const response = await this.persist(request);
    if (response.status === 304 && known) return known.value as T;
    const value = await jsonOf<T>(response);
    const tag = response.headers.get("ETag");
    this.answers.delete(key);
    if (tag) {
      this.answers.set(key, { tag, value });
      const oldest = this.answers.keys().next();
      if (this.answers.size > keptAnswers && !oldest.done) this.answers.delete(oldest.value);
    }
    return value;
  }

  /** Sends JSON by POST and reads JSON; undefined when the answer is empty. */
  async post<T>(path: string, body?: object, options: CallOptions = {}): Promise<T> {
    return this.send<T>("POST", path, body, options);
  }

  /** Sends JSON by PUT. */
  async put<T>(path: string, body?: object, options: CallOptions = {}): Promise<T> {
    return this.send<T>("PUT", path, body, options);
  }

  /** Deletes. */
  async del<T>(path: string, options: CallOptions = {}): Promise<T> {
    return this.send<T>("DELETE", path, undefined, options);
  }

  /** One page of a list; pass the next of the page before as the cursor. */
  async page<T>(path: string, params: Params = {}, cursor = "", limit = 50, signal?: AbortSignal): Promise<Page<T>> {
    const options: CallOptions = { params: { ...params, cursor, limit } };
    if (signal) options.signal = signal;
    return this.get<Page<T>>(path, options);
  }

  /** All items of a list, page by page, at most so many. */
  async all<T>(path: string, params: Params = {}, most = 1000, signal?: AbortSignal): Promise<T[]> {
    const items: T[] = [];
    let cursor = "";
    do {
      const page = await this.page<T>(path, params, cursor, Math.min(500, most - items.length), signal);
      items.push(...page.items);
      cursor = page.next ?? "";
    } while (cursor !== "" && items.length < most);
    return items;
  }

  /** Downloads a file. With a body it is asked for by POST, once. */
  async file(path: string, options: CallOptions & { accept?: string; body?: object } = {}): Promise<Download> {
    const { body, ...rest } = options;
    const request: Request = { method: "GET", path, ...rest, accept: options.accept ?? "*/*" };
    const response = body
      ? await this.once({ ...request, method: "POST", body: utf8(JSON.stringify(body)) })
      : await this.persist(request);
    return {
      blob: await response.blob(),
      name: nameOf(response.headers.get("Content-Disposition") ?? ""),
      next: response.headers.get("Next-Cursor") ?? "",
    };
  }

  /** Sends raw bytes, a file for example, and reads JSON. */
  async upload<T>(method: "PUT" | "POST", path: string, file: Blob | Bytes, type: string, options: CallOptions = {}): Promise<T> {
    const body = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file;
    return jsonOf<T>(await this.once({ method, path, body, type, ...options }));
  }

  /** The node and the ledger's time, asked anew. */
  async status(signal?: AbortSignal): Promise<NodeStatus> {
    const request: Request = { method: "GET", path: "/v1/status", open: true };
    if (signal) request.signal = signal;
    const asked = performance.now();
    const response = await this.persist(request);
    const date = Date.parse(response.headers.get("Date") ?? "");
    const skew = Number.isFinite(date) ? date - Date.now() : 0;
    const status = await jsonOf<NodeStatus>(response);
    if (this.identity && this.identity.network !== "" && this.identity.network !== status.network) {
      refuse("CLIENT_NETWORK", `the node is of ${status.network}, the key of ${this.identity.network}`);
    }
    this.clock = {
      network: status.network,
      node: status.node,
      ledger: status.ledgerTime ? parseInstant(status.ledgerTime) : 0,
      heard: asked,
      skew: Math.abs(skew) > toleratedSkew ? skew : 0,
    };
    return status;
  }

  /** The ledger's time in milliseconds since 1970, carried forward since the node was last asked. NODE_CATCHING_UP. */
  async time(): Promise<number> {
    const clock = await this.hear();
    if (clock.ledger === 0) refuse("NODE_CATCHING_UP", "the ledger has no block yet");
    return clock.ledger + performance.now() - clock.heard;
  }

  /** The network's name. */
  async network(): Promise<string> {
    return (await this.hear()).network;
  }

  /**
   * Signs a call of a contract function and keeps it in the outbox. It is not sent. CLIENT_NO_KEY when nobody is logged
   * in.
   */
  async sign(name: string, argument: object): Promise<SignedCall> {
    const identity = this.identity ?? refuse("CLIENT_NO_KEY", "nobody is logged in");
    await this.status(); // the expiry counts from the ledger's time as it is now
    const payload: Payload = {
      network: await this.network(),
      function: name,
      argument: argumentText(argument),
      nonce: newNonce(),
      expires: Math.floor((await this.time() + transactionLife) / 1000),
    };
    const signed = { ...(await signTransaction(identity, payload)), function: name, argument: payload.argument };
    const entry: OutboxEntry = {
      ...signed, kid: identity.kid, network: payload.network, signed: Date.now(), state: "unsent", code: "",
    };
    await this.outbox?.put(entry);
    return signed;
  }

  /**
   * Sends a signed transaction, the same bytes as often as needed, and waits until its outcome is known. A transaction
   * that failed is an answer here, not an error. TIMED_OUT when the time is over: it may still take effect.
   */
  async submit(signed: Signed, timeout = 90_000, signal?: AbortSignal): Promise<Transaction> {
    const ends = performance.now() + timeout;
    const body = utf8(JSON.stringify({ transaction: signed.compact }));
    await this.outbox?.settle(signed.id, "sent", "");
    for (;;) {
      const left = Math.ceil((ends - performance.now()) / 1000);
      if (left <= 0) refuse("TIMED_OUT", `transaction ${signed.id}`);
      const params = { wait: "final", timeout: `${Math.min(30, left)}s` };
      const request: Request = { method: "POST", path: "/v1/transactions", params, body, open: true };
      if (signal) request.signal = signal;
      let transaction: Transaction;
      try {
        transaction = await jsonOf<Transaction>(await this.persist(request));
      } catch (error) {
        if (isCode(error, "EXPIRED") || isCode(error, "EXPIRES_TOO_LATE")) this.clock = null;
        if (error instanceof Problem && error.status >= 400 && error.status < 500 && error.status !== 429) {
          await this.outbox?.settle(signed.id, "failed", error.code);
        }
        throw error;
      }
      if (transaction.state === "received") continue;
      await this.outbox?.settle(signed.id, transaction.state, transaction.refusal?.code ?? "");
      if (transaction.refusal?.code === "EXPIRED") this.clock = null;
      return transaction;
    }
  }

  /** Signs, keeps, sends and waits. What the ledger refuses is thrown as a Problem with its code. */
  async invoke(name: string, argument: object, signal?: AbortSignal): Promise<Outcome> {
    const signed = await this.sign(name, argument);
    return outcomeOf(await this.submit(signed, undefined, signal));
  }

  /**
   * Follows the events that concern the viewer, from a cursor on, or from now on without one. It connects again when the
   * connection is lost, with the cursor of the last event, and ends when the signal aborts. It throws when the node
   * refuses the viewer.
   */
  async sse(options: {
    cursor?: string;
    onEvent: (event: Event) => void;
    onState?: (connected: boolean) => void;
    signal: AbortSignal;
  }): Promise<void> {
    let cursor = options.cursor ?? "";
    let pause = firstPause;
    while (!aborted(options.signal)) {
      const silence = new Silence(options.signal);
      try {
        if (cursor === "") cursor = await this.latestEvent(options.signal);
        const request: Request = {
          method: "GET", path: "/v1/events/stream", params: { cursor }, accept: "text/event-stream", signal: silence.signal,
        };
        const response = await this.once(request);
        if (!response.body) refuse("CLIENT_ANSWER", "the stream of events has no body");
        options.onState?.(true);
        pause = firstPause;
        for await (const event of readEvents(response.body, () => silence.broken())) {
          if (event.kind === "end") throw problemIn(event.data);
          if (event.id !== "") cursor = event.id;
          if (event.data !== "") options.onEvent(JSON.parse(event.data) as Event);
        }
      } catch (error) {
        if (aborted(options.signal)) break;
        const lost = passing(error) || silence.signal.aborted || error instanceof TypeError; // TypeError: the body broke off
        if (!lost) {
          options.onState?.(false);
          throw error;
        }
      } finally {
        silence.end();
      }
      options.onState?.(false);
      await rest(pause / 2 + (pause / 2) * Math.random(), options.signal);
      pause = Math.min(2 * pause, 8 * lastPause);
    }
    options.onState?.(false);
  }

  /** The cursor behind everything that happened so far: what comes between two connections is not missed. */
  private async latestEvent(signal: AbortSignal): Promise<string> {
    const page = await this.get<{ next: string }>("/v1/events", { params: { cursor: "latest", limit: 1 }, signal });
    return page.next;
  }

  private async send<T>(method: string, path: string, body: object | undefined, options: CallOptions): Promise<T> {
    const request: Request = { method, path, ...options };
    if (body !== undefined) request.body = utf8(JSON.stringify(body));
    return jsonOf<T>(await this.once(request));
  }

  private url(path: string, params: Params = {}): URL {
    const url = new URL(this.base + path);
    for (const [name, value] of Object.entries(params)) {
      if (value !== undefined && value !== null && value !== "") url.searchParams.set(name, String(value));
    }
    return url;
  }

  /** Sends a request that may be sent again until it is answered; the last error is thrown. */
  private async persist(request: Request): Promise<Response> {
    let pause = firstPause;
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.once(request);
      } catch (error) {
        if (attempt >= attempts || request.signal?.aborted || !passing(error)) throw error;
        const asked = error instanceof Problem ? 1000 * error.retryAfter : 0;
        await rest(Math.max(asked, pause / 2 + (pause / 2) * Math.random()), request.signal);
        pause = Math.min(2 * pause, lastPause);
      }
    }
  }

  private async once(request: Request): Promise<Response> {
    const url = this.url(request.path, request.params);
    const headers: Record<string, string> = {
      Accept: request.accept ?? "application/json",
      "Accept-Language": this.language === "zh" ? "zh-CN" : "en",
      ...request.headers,
    };
    if (request.body) headers["Content-Type"] = request.type ?? "application/json";
    if (!request.open) headers["Authorization"] = `Bearer ${await this.token(request.method, url, request.body)}`;
    const init: RequestInit = { method: request.method, headers, cache: "no-store", redirect: "error" };
    if (request.body) init.body = request.body;
    if (request.signal) init.signal = request.signal;
    let response: Response;
    try {
      response = await fetch(url, init);
    } catch (error) {
      if (request.signal?.aborted) throw error;
      return refuse("UNREACHABLE", "");
    }
    if (response.ok || response.status === 304) return response;
    throw await problemOf(response);
  }

  /** The login token of one request: for this node, method, path and body alone. */
  private async token(method: string, url: URL, body: Bytes | undefined): Promise<string> {
    const identity = this.identity ?? refuse("CLIENT_NO_KEY", "nobody is logged in");
    const { network, node, skew } = await this.hear();
    const path = url.pathname + url.search;
    const now = Math.floor((Date.now() + skew) / 1000);
    return signLogin(identity, { network, node, method, path, ...(body ? { body } : {}) }, now);
  }

  private async hear(): Promise<Clock> {
    if (!this.clock || performance.now() - this.clock.heard > timeRefreshed) await this.status();
    return this.clock ?? refuse("NODE_CATCHING_UP", "the node said nothing of itself");
  }
}

/** The outcome of a transaction; what was refused is thrown as a Problem with its code. */
export function outcomeOf(transaction: Transaction): Outcome {
  if (transaction.refusal) throw new Problem({ ...transaction.refusal, status: 422 });
  return transaction.outcome ?? refuse("TIMED_OUT", `transaction ${transaction.id}`);
}

/** Whether an error may be gone at the next attempt. */
function passing(error: unknown): boolean {
  if (!(error instanceof Problem)) return false;
  if (error.code === "UNREACHABLE") return true;
  return error.status === 503 || (error.status === 429 && error.code !== "QUOTA_EXCEEDED");
}

async function jsonOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (text === "") return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    return refuse("CLIENT_ANSWER", `HTTP status ${response.status}`);
  }
}

interface ProblemDocument {
  code?: string;
  title?: string;
  detail?: string;
  next?: string;
  rule?: string;
  requestId?: string;
  fields?: Field[];
}

/** Reads a problem document. Something in between, a proxy say, answers without one. */
async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get("Retry-After") ?? "0") || 0;
  if ((response.headers.get("Content-Type") ?? "").startsWith("application/problem+json")) {
    try {
      const p = (await response.json()) as ProblemDocument;
      return new Problem({ ...p, code: p.code ?? "INTERNAL", status: response.status, retryAfter });
    } catch {
      // Falls through: the document is cut off.
    }
  }
  const code = response.status >= 500 ? "UNREACHABLE" : "CLIENT_ANSWER";
  return new Problem({ code, detail: `HTTP status ${response.status}`, status: response.status, retryAfter });
}

/** The file name of a Content-Disposition (RFC 6266), or empty. */
function nameOf(disposition: string): string {
  const extended = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  if (extended) {
    try {
      return decodeURIComponent(extended);
    } catch {
      // The plain name follows.
    }
  }
  return /filename="?([^";]+)"?/i.exec(disposition)?.[1] ?? "";
}

/** The problem with which the node ends a stream of events. */
function problemIn(data: string): Problem {
  try {
    const p = JSON.parse(data) as ProblemDocument & { status?: number };
    return new Problem({ ...p, code: p.code ?? "INTERNAL", status: p.status ?? 0 });
  } catch {
    return new Problem({ code: "CLIENT_ANSWER", detail: "the end of the stream of events" });
  }
}

/** Ends a connection on which nothing came for so long that it must be dead: the node speaks more often. */
class Silence {
  private readonly controller = new AbortController();
  private readonly stop = (): void => this.controller.abort();
  private timer = setTimeout(this.stop, longestSilence);

  constructor(private readonly outer: AbortSignal) {
    outer.addEventListener("abort", this.stop);
    if (outer.aborted) this.stop();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** Something came. */
  broken(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(this.stop, longestSilence);
  }

  end(): void {
    clearTimeout(this.timer);
    this.outer.removeEventListener("abort", this.stop);
  }
}

function aborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Waits, or ends early when the signal aborts. */
function rest(millis: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(end, millis);
    function end(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    }
    signal?.addEventListener("abort", end);
    if (signal?.aborted) end();
  });
}
