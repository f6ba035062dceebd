/** Reads a text/event-stream (HTML, server-sent events) from a response's body. */

/** One event of a stream. */
export interface StreamEvent {
  /** Its id, or empty. */
  id: string;
  /** Its kind; "message" when the stream does not say. */
  kind: string;
  data: string;
}

const longest = 1 << 20; // characters of one event

/**
 * The events of a stream in order, until it ends. An event cut off at the end is dropped. heard is called whenever bytes
 * came. Throws RangeError for an event without end.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>, heard?: () => void): AsyncGenerator<StreamEvent> {
  const reader = body.pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>).getReader();
  let rest = "";
  let event = blank();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard?.();
      rest += value;
      // A carriage return at the end may be half of a line break.
      const whole = rest.endsWith("\r") ? rest.slice(0, -1) : rest;
      const lines = whole.split(/\r\n|\n|\r/);
      rest = (lines.pop() ?? "") + rest.slice(whole.length);
      if (rest.length > longest) throw new RangeError("an event without end");
      for (const line of lines) {
        if (line !== "") {
          take(event, line);
          if (event.data.length > longest) throw new RangeError("an event without end");
        } else {
          if (event.data !== "" || event.id !== "") yield { ...event, data: event.data.replace(/\n$/, "") };
          event = blank();
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function blank(): StreamEvent {
  return { id: "", kind: "message", data: "" };
}

/** Takes one field of an event; comments, which keep the connection alive, and unknown fields say nothing. */
function take(event: StreamEvent, line: string): void {
  const colon = line.indexOf(":");
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (name === "data") event.data += `${value}\n`;
  if (name === "id" && !value.includes("\0")) event.id = value;
  if (name === "event") event.kind = value;
}
