// Keeps pages true to the ledger: follows the events that concern the viewer and
// has everything on the page asked for again when one comes.
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { Event } from "../lib/records";
import type { Session } from "./session";

/** How the page hears of the ledger: by the stream, by asking again and again, or not at all. */
export type Connection = "live" | "slow" | "off";

const pause = 400; // events of one block come together

/** useLive follows the events of a session. onEvents hears those that came after the page was opened, together those that come together. */
export function useLive(session: Session, onEvents: (events: Event[]) => void | Promise<void>): Connection {
  const queries = useQueryClient();
  const [connected, setConnected] = useState(false);
  const [reachable, setReachable] = useState(true);
  const { api } = session;
  const listener = useRef(onEvents);
  listener.current = onEvents;

  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const came: Event[] = [];
    const stale = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        void queries.invalidateQueries({ queryKey: ["read"] });
        void queries.invalidateQueries({ queryKey: ["pages"] });
        void queries.invalidateQueries({ queryKey: ["status"] });
        void listener.current(came.splice(0));
      }, pause);
    };
    const take = (event: Event): void => {
      came.push(event);
      stale();
    };
    const heard = (on: boolean): void => {
      setConnected(on);
      if (on) stale(); // what happened while nobody listened
    };
    api.sse({ cursor: "latest", onEvent: take, onState: heard, signal: stop.signal }).catch(() => setConnected(false)); // the node refused the stream: the page goes on by asking
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
    // A session is followed once; its language plays no part in it.
  }, [session.identity.kid]);

  useEffect(() => {
    let height = 0;
    const ask = async (): Promise<void> => {
      try {
        const status = await api.status();
        setReachable(true);
        queries.setQueryData(["status"], status);
        if (!connected && height !== 0 && status.height !== height) {
          void queries.invalidateQueries({ queryKey: ["read"] });
          void queries.invalidateQueries({ queryKey: ["pages"] });
        }
        height = status.height;
      } catch {
        setReachable(false);
      }
    };
    const timer = setInterval(() => void ask(), connected ? 30_000 : 10_000);
    return () => clearInterval(timer);
  }, [api, connected, queries]);

  if (connected) return "live";
  return reachable ? "slow" : "off";
}
