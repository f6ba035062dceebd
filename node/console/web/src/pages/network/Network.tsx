import { Input, Tag } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFunctions, useStatus } from "../../app/query";
import { useWords } from "../../app/words";
import type { FunctionInfo } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Copy, Digest, MemberName } from "../../parts/Names";
import { Figure, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { InstantText } from "../../parts/Time";

const every = 2_000;

/** Network is how this node and the validators are, as they are now. */
export default function Network(): ReactElement {
  const { t } = useTranslation("network");
  const status = useStatus(every);
  const s = status.data;
  return (
    <Page title={t("title")} sub={s && t("sub", { network: s.network })} loading={status.isLoading} error={s ? undefined : status.error} onRetry={status.retry} testId="network">
      {s && (
        <div className="stack">
          <div className="grid">
            <Figure label={t("height")} value={<span data-testid="height">{s.height}</span>} note={t(s.catchingUp ? "catchingUp" : "current")} accent testId="figure-height" />
            <Figure label={t("ledgerTime")} value={<InstantText at={s.ledgerTime} />} note={s.devnet ? t("devnet") : undefined} testId="figure-time" />
            <Figure label={t("peers")} value={s.peers} note={t("peersNote")} testId="figure-peers" />
            <Figure label={t("waiting")} value={s.waiting} note={t("waitingNote")} testId="figure-waiting" />
          </div>
          <Panel title={t("validators")} testId="validators-panel">
            <PagedTable
              label={t("validators")}
              columns={[
                { key: "bank", title: t("bank"), phone: "title", render: (v) => v.name || <MemberName id={v.bank} /> },
                { key: "code", title: t("code"), render: (v) => <span className="mono">{v.bank}</span> },
                { key: "power", title: t("power"), end: true, render: (v) => `${v.power} (${share(v.power, s.validators)})` },
                { key: "peer", title: t("peer"), render: (v) => <><span className="mono">{v.peer}</span>{v.peer === s.node && <Tag color="processing">{t("thisNode")}</Tag>}</> },
              ]}
              rows={s.validators}
              rowKey={(v) => v.bank}
              testId="validators"
            />
            <p className="soft small">{t("quorumNote")}</p>
          </Panel>
          <Panel title={t("node")}>
            <Facts
              testId="node-facts"
              items={[
                { label: t("nodeName"), value: <><span className="mono">{s.node}</span> <Copy text={s.node} /></> },
                { label: t("version"), value: <span className="mono">{s.version}</span> },
                { label: t("appHash"), value: <Digest value={s.appHash} /> },
                { label: t("root"), value: <Digest value={s.root} /> },
                { label: t("health"), value: <Health /> },
                { label: t("metrics"), value: <a href="/metrics" target="_blank" rel="noreferrer" data-testid="metrics-link">/metrics</a> },
                { label: t("api"), value: <a href="/openapi.yaml" target="_blank" rel="noreferrer" data-testid="openapi-link">/openapi.yaml</a> },
              ]}
            />
          </Panel>
          <Functions />
        </div>
      )}
    </Page>
  );
}

function share(power: number, all: { power: number }[]): string {
  const sum = all.reduce((n, v) => n + v.power, 0);
  return `${sum === 0 ? 0 : Math.round((100 * power) / sum)} %`;
}

interface Ready {
  ok: boolean;
  reasons: string[];
}

/** Health is whether the node says that it can serve; the answer of a node that cannot has reasons too. */
function Health(): ReactElement {
  const { t } = useTranslation("network");
  const [ready, setReady] = useState<Ready | "unknown" | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const answer = await fetch("/health/ready", { signal: stop.signal, cache: "no-store" });
        setReady((await answer.json()) as Ready);
      } catch {
        if (!stop.signal.aborted) setReady("unknown");
      }
    };
    void ask();
    const timer = setInterval(() => void ask(), 5 * every);
    return () => {
      clearInterval(timer);
      stop.abort();
    };
  }, []);
  if (ready === null) return <span className="soft">{t("healthAsking")}</span>;
  if (ready === "unknown") return <span className="warn" data-testid="health" data-ok="unknown">{t("healthUnknown")}</span>;
  return ready.ok ? <span className="good" data-testid="health" data-ok="true">{t("healthOk")}</span> : <span className="bad" data-testid="health" data-ok="false">{t("healthNot")} {ready.reasons.join("; ")}</span>;
}

function Functions(): ReactElement {
  const { t } = useTranslation("network");
  const words = useWords();
  const functions = useFunctions();
  const [wanted, setWanted] = useState("");
  const rows = [...(functions?.values() ?? [])].filter((f) => `${f.name} ${words.of("function", f.name)}`.toLowerCase().includes(wanted.trim().toLowerCase()));
  const columns: Column<FunctionInfo>[] = [
    { key: "name", title: t("functionName"), phone: "title", render: (f) => <><span className="strong">{words.of("function", f.name)}</span> <span className="soft mono">{f.name}</span></> },
    { key: "roles", title: t("who"), render: (f) => f.roles },
    { key: "quorum", title: t("approval"), render: (f) => (f.quorum && f.quorum !== "none" ? words.of("quorum", f.quorum) : t("noApproval")) },
    { key: "batch", title: t("batch"), phone: "hide", render: (f) => (f.batchable ? t("yes") : t("no")) },
  ];
  return (
    <Panel title={t("functions", { count: functions?.size ?? 0 })} testId="functions-panel">
      <div className="stack">
        <Input.Search value={wanted} onChange={(e) => setWanted(e.target.value)} placeholder={t("functionSearch")} aria-label={t("functionSearch")} allowClear data-testid="function-search" />
        <PagedTable label={t("functions", { count: functions?.size ?? 0 })} columns={columns} rows={rows} rowKey={(f) => f.name} testId="functions" />
      </div>
    </Panel>
  );
}
