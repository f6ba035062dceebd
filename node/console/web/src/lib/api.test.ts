import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { Api } from "./api";
import { fromBase64url, fromUtf8, utf8 } from "./base64";
import { sha256Hex } from "./digest";
import { type SigningKey, makeKey, verify } from "./keys";
import { Problem, describe as describeProblem } from "./problem";
import type { Event } from "./records";
import { readEvents } from "./stream";
import { type Identity, type Outbox, type OutboxEntry, type OutboxState, identityOf } from "./vault";

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void;

const status = { network: "net", node: "node-1", ledgerTime: "2026-09-01T09:00:00.000+08:00" };
let key: SigningKey;
let identity: Identity;
let server: Server | null = null;

beforeAll(async () => {
  key = (await makeKey("a long passphrase")).key;
  identity = identityOf(key, { member: "m", memberName: "", person: "p", roles: ["maker"], network: "net" });
});

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = null;
});

/** A server on the loopback address that answers the status and, by the handler, everything else. */
async function serve(handler: Handler, said: object = status): Promise<string> {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => (body += part.toString("utf8")));
    request.on("end", () => {
      if (request.url === "/v1/status") json(response, 200, said);
      else handler(request, body, response);
    });
  });
  await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function json(response: ServerResponse, code: number, value: object, headers: Record<string, string> = {}): void {
  response.writeHead(code, { "Content-Type": code < 400 ? "application/json" : "application/problem+json", ...headers });
  response.end(JSON.stringify(value));
}

class Kept implements Outbox {
  readonly log: string[] = [];
  entry: OutboxEntry | null = null;
  async put(entry: OutboxEntry): Promise<void> {
    this.entry = entry;
    this.log.push("put");
  }
  async settle(_: string, state: OutboxState, code: string): Promise<void> {
    this.log.push(`${state}${code}`);
  }
}

async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  const error: unknown = await promise.then(() => new Error("it was not refused"), (e: unknown) => e);
  if (!(error instanceof Problem)) throw error;
  return error;
}

describe("requests", () => {
  it("carry a token for this node, method, path and body alone", async () => {
    const tokens: string[] = [];
    const base = await serve((request, body, response) => {
      tokens.push(request.headers.authorization ?? "");
      json(response, 200, { url: request.url, body, language: request.headers["accept-language"] });
    });
    const api = new Api({ base, identity, language: "en" });
    const answer = await api.post<{ url: string; body: string; language: string }>("/v1/x", { a: "付" }, { params: { q: "付 款", empty: "" } });
    expect(answer.language).toBe("en");
    await api.get("/v1/y");
    const claims = tokens.map((t) => JSON.parse(fromUtf8(fromBase64url(t.split(".")[1] ?? ""))) as Record<string, unknown>);
    expect(claims[0]).toMatchObject({ network: "net", node: "node-1", method: "POST", path: answer.url, body_sha256: await sha256Hex(answer.body) });
    expect(claims[1]).toMatchObject({ method: "GET", path: "/v1/y" });
    expect(claims[1]).not.toHaveProperty("body_sha256");
    expect(claims[0]?.["jti"]).not.toBe(claims[1]?.["jti"]);
    const [header, payload, signature] = (tokens[0] ?? "").slice("Bearer ".length).split(".");
    expect(await verify(key, utf8(`${header}.${payload}`), fromBase64url(signature ?? ""))).toBe(true);
  });

  it("follow the node's clock, not the browser's", async () => {
    let token = "";
    const base = await serve((request, _, response) => {
      token = request.headers.authorization ?? "";
      json(response, 200, {});
    });
    const wrong = server?.listeners("request")[0] as (request: IncomingMessage, response: ServerResponse) => void;
    server?.removeAllListeners("request");
    server?.on("request", (request: IncomingMessage, response: ServerResponse) => {
      response.setHeader("Date", "Fri, 01 Jan 2027 00:00:00 GMT");
      wrong(request, response);
    });
    await new Api({ base, identity }).get("/v1/x");
    const { iat } = JSON.parse(fromUtf8(fromBase64url(token.split(".")[1] ?? ""))) as { iat: number };
    expect(Math.abs(iat - Date.parse("2027-01-01T00:00:00Z") / 1000)).toBeLessThan(60);
  });

  it("are answered from what is kept when nothing changed", async () => {
    const asked: (string | undefined)[] = [];
    const base = await serve((request, _, response) => {
      asked.push(request.headers["if-none-match"]);
      if (request.headers["if-none-match"] === '"1"') response.writeHead(304).end();
      else json(response, 200, { n: asked.length }, { ETag: '"1"' });
    });
    const api = new Api({ base, identity });
    expect(await api.get("/v1/x")).toEqual({ n: 1 });
    expect(await api.get("/v1/x")).toEqual({ n: 1 });
    await api.get("/v1/x", { params: { other: 1 } });
    expect(asked).toEqual([undefined, '"1"', undefined]);
  });

  it("page until the end or the bound", async () => {
    const base = await serve((request, _, response) => {
      const cursor = Number(new URL(request.url ?? "", "http://x").searchParams.get("cursor") ?? "0");
      json(response, 200, cursor < 2 ? { items: [cursor], next: String(cursor + 1) } : { items: [cursor] });
    });
    const api = new Api({ base, identity });
    expect(await api.all<number>("/v1/x")).toEqual([0, 1, 2]);
    expect(await api.all<number>("/v1/x", {}, 2)).toEqual([0, 1]);
  });

  it("are refused with the node's problem", async () => {
    const said = { code: "TERM_TOO_LONG", rule: "TERM-MAX", title: "t", detail: "d", next: "n", requestId: "r", fields: [{ at: "body.x", message: "m" }] };
    const base = await serve((_, __, response) => json(response, 422, said));
    const problem = await problemOf(new Api({ base, identity }).get("/v1/x"));
    expect(problem).toMatchObject({ ...said, status: 422 });
    expect(describeProblem(problem, "zh")).toMatchObject({ title: "t", next: "n", requestId: "r" });
  });

  it("are sent again when the node is full, and reads only", async () => {
    let asked = 0;
    const base = await serve((_, __, response) => {
      asked++;
      if (asked < 3) json(response, 503, { code: "NODE_BUSY" });
      else json(response, 200, { asked });
    });
    const api = new Api({ base, identity });
    expect(await api.get("/v1/x")).toEqual({ asked: 3 });
    asked = 0;
    expect((await problemOf(api.post("/v1/x", {}))).code).toBe("NODE_BUSY");
    expect(asked).toBe(1);
  });

  it("need somebody who is logged in unless they are open", async () => {
    const base = await serve((request, _, response) => json(response, 200, { token: request.headers.authorization ?? "none" }));
    const api = new Api({ base });
    expect((await problemOf(api.get("/v1/x"))).code).toBe("CLIENT_NO_KEY");
    expect(await api.get("/v1/x", { open: true })).toEqual({ token: "none" });
  });

  it("refuse a node of another network, and what is no answer of a node", async () => {
    const base = await serve((_, __, response) => response.writeHead(200).end("<html>"), { ...status, network: "other" });
    const problem = await problemOf(new Api({ base, identity }).get("/v1/x"));
    expect(problem.code).toBe("CLIENT_NETWORK");
    expect((await problemOf(new Api({ base }).get("/v1/x", { open: true }))).code).toBe("CLIENT_ANSWER");
    expect(describeProblem(problem, "en").title).not.toBe("");
  });

  it("download files with their names and upload bytes", async () => {
    const base = await serve((request, body, response) => {
      if (request.method === "PUT") json(response, 200, { body, type: request.headers["content-type"] });
      else response.writeHead(200, { "Content-Disposition": "attachment; filename=\"x.pdf\"; filename*=UTF-8''%E4%BB%98.pdf" }).end("pdf");
    });
    const api = new Api({ base, identity });
    const { blob, name } = await api.file("/v1/paper");
    expect([await blob.text(), name]).toEqual(["pdf", "付.pdf"]);
    expect(await api.upload("PUT", "/v1/attachments/x", new Blob(["file"]), "application/pdf")).toEqual({ body: "file", type: "application/pdf" });
  });
});

describe("transactions", () => {
  it("are kept before they are sent, and the same bytes are sent until the outcome is known", async () => {
    const kept = new Kept();
    const sent: string[] = [];
    const base = await serve((request, body, response) => {
      kept.log.push("sent to node");
      expect(request.headers.authorization).toBeUndefined();
      sent.push((JSON.parse(body) as { transaction: string }).transaction);
      if (sent.length === 1) json(response, 503, { code: "NODE_BUSY" });
      else if (sent.length === 2) json(response, 202, { id: "x", state: "received" });
      else json(response, 200, { id: "x", state: "final", outcome: { code: "OK", result: { number: "1" } } });
    });
    const api = new Api({ base, identity, outbox: kept });
    const outcome = await api.invoke("certificate:Accept", { certificate: "1", empty: "" });
    expect(outcome.result).toEqual({ number: "1" });
    expect(new Set(sent)).toEqual(new Set([kept.entry?.compact]));
    expect(kept.log).toEqual(["put", "sent", "sent to node", "sent to node", "sent to node", "final"]);
    expect(kept.entry?.argument).toBe('{"certificate":"1"}');
    expect(kept.entry?.expires).toBeGreaterThanOrEqual(Date.parse("2026-09-01T01:10:00Z") / 1000);
  });

  it("that the ledger refuses are problems with its code", async () => {
    const kept = new Kept();
    const refusal = { code: "HOLDING_CHANGED", title: "t", detail: "d", next: "n" };
    const base = await serve((_, __, response) => json(response, 200, { id: "x", state: "failed", refusal }));
    const problem = await problemOf(new Api({ base, identity, outbox: kept }).invoke("certificate:Transfer", {}));
    expect(problem).toMatchObject(refusal);
    expect(kept.log.at(-1)).toBe("failedHOLDING_CHANGED");
  });

  it("whose outcome stays unknown can be sent again", async () => {
    const kept = new Kept();
    const base = await serve((_, __, response) => json(response, 202, { id: "x", state: "received" }));
    const api = new Api({ base, identity, outbox: kept });
    const signed = await api.sign("certificate:Accept", { certificate: "1" });
    expect((await problemOf(api.submit(signed, 0))).code).toBe("TIMED_OUT");
    expect(kept.log).toEqual(["put", "sent"]);
  });

  it("are not signed before the ledger has a time", async () => {
    const base = await serve((_, __, response) => json(response, 200, {}), { ...status, ledgerTime: null });
    expect((await problemOf(new Api({ base, identity }).sign("certificate:Accept", {}))).code).toBe("NODE_CATCHING_UP");
  });
});

describe("events", () => {
  it("are followed over a lost connection from the last one on", async () => {
    const cursors: (string | null)[] = [];
    const base = await serve((request, _, response) => {
      const url = new URL(request.url ?? "", "http://x");
      if (url.pathname === "/v1/events") expect(url.searchParams.get("cursor")).toBe("latest");
      if (url.pathname === "/v1/events") return json(response, 200, { items: [], next: "7" });
      const cursor = url.searchParams.get("cursor");
      cursors.push(cursor);
      const n = Number(cursor ?? "0") + 1;
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write(`: hello\n\nid: ${n}\nevent: transfer.offered\ndata: {"cursor":"${n}","subject":"s${n}"}\n\n`);
      response.end(`id: 99\ndata: {"cut`);
    });
    const api = new Api({ base, identity });
    const controller = new AbortController();
    const seen: Event[] = [];
    await api.sse({
      signal: controller.signal,
      onEvent: (event) => {
        seen.push(event);
        if (seen.length === 3) controller.abort();
      },
    });
    expect(seen.map((e) => e.subject)).toEqual(["s8", "s9", "s10"]);
    expect(cursors).toEqual(["7", "8", "9"]);
  });

  it("end with the problem when the viewer is refused", async () => {
    const base = await serve((_, __, response) => json(response, 401, { code: "UNAUTHENTICATED" }));
    const controller = new AbortController();
    const problem = await problemOf(new Api({ base, identity }).sse({ signal: controller.signal, onEvent: () => undefined }));
    expect(problem.code).toBe("UNAUTHENTICATED");
  });

  it("end with the problem that the node says in the stream", async () => {
    const base = await serve((_, __, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.end('event: end\ndata: {"code":"CREDENTIAL_REVOKED","status":401,"title":"t"}\n\n');
    });
    const api = new Api({ base, identity });
    const states: boolean[] = [];
    const following = api.sse({
      cursor: "1", signal: new AbortController().signal, onEvent: () => undefined, onState: (connected) => states.push(connected),
    });
    expect(await problemOf(following)).toMatchObject({ code: "CREDENTIAL_REVOKED", status: 401 });
    expect(states).toEqual([true, false]);
  });

  it("are read whatever way the bytes are cut", async () => {
    const text = ": c\r\n\r\nid: 1\r\nevent: k\r\ndata: 付\r\ndata: b\r\n\r\ndata\n\nid:2\ndata:x\n\nid: 3\ndata: lost";
    for (const step of [1, 2, 3, 1000]) {
      const bytes = utf8(text);
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < bytes.length; i += step) controller.enqueue(bytes.subarray(i, i + step));
          controller.close();
        },
      });
      const events = [];
      for await (const event of readEvents(body)) events.push(event);
      expect(events.filter((e) => e.data !== "")).toEqual([{ id: "1", kind: "k", data: "付\nb" }, { id: "2", kind: "message", data: "x" }]);
    }
  });
});
