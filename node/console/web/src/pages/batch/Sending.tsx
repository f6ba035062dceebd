import { Alert, Button, Progress } from "antd";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useRefresh } from "../../app/query";
import { useAccess, useSession } from "../../app/session";
import type { IssueArgument } from "../../lib/arguments";
import { Problem } from "../../lib/problem";
import { linkFile } from "../../parts/files";
import { Capital, Money } from "../../parts/Money";
import { Digest } from "../../parts/Names";
import { Figure, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { type Run, type SentPart, isOver, send } from "./run";

/** Sending sends a batch and shows how far it is. It goes on by itself, and after an interruption at a press. */
export function Sending({ run, onRun }: { run: Run; onRun: (run: Run | null) => void }): ReactElement {
  const { t } = useTranslation("batch");
  const { api } = useSession();
  const { vault } = useAccess();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [linked, setLinked] = useState(0);
  const begun = useRef(false);
  const over = isOver(run);
  const go = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const done = await send(api, vault, run, onRun);
      await refresh();
      await linkAll(done);
    } catch (reason) {
      setError(reason);
    }
    setBusy(false);
  };
  /** linkAll lets the files belong to their rows, now that these have names. */
  const linkAll = async (done: Run): Promise<void> => {
    let count = 0;
    for (const file of done.files) {
      const target = targetOf(done, file.line);
      if (!target) continue;
      try {
        await linkFile(api, { digest: file.digest, name: file.name, size: 0, media: "" }, target.kind, target.id);
        setLinked((count += 1));
      } catch (reason) {
        if (!(reason instanceof Problem)) throw reason; // a row that was refused has no record to belong to
      }
    }
  };
  useEffect(() => {
    if (begun.current || over || run.parts.some((p) => p.txId !== "")) return; // begun before: the person says when it goes on
    begun.current = true;
    void go();
  });
  const finished = run.parts.filter((p) => p.state === "done" || p.state === "refused");
  const rowsDone = finished.reduce((n, p) => n + p.items.length, 0);
  return (
    <div className="stack">
      <Panel title={t(over ? "sending.over" : "sending.title")} testId="batch-sending">
        <div className="stack">
          <div className="grid">
            <Figure label={t("sum.count")} value={run.count} />
            <Figure label={t("sum.total")} value={<Money amount={run.amount} />} note={<Capital amount={run.amount} />} accent />
          </div>
          <Progress percent={Math.round((100 * rowsDone) / Math.max(1, run.count))} status={finished.some((p) => p.state === "refused") ? "exception" : over ? "success" : "active"} format={() => `${rowsDone}/${run.count}`} aria-label={t("sending.title")} data-testid="batch-progress" />
          {error !== null && <ProblemBox error={error} />}
          {!over && !busy && (
            <>
              <Alert type="info" showIcon title={t("sending.stopped")} />
              <ActionButton label={t("sending.go")} primary block onClick={() => void go()} testId="batch-resume" />
            </>
          )}
          {run.parts.map((p, i) => <PartLine key={i} part={p} place={i + 1} of={run.parts.length} />)}
          {run.files.length > 0 && linked > 0 && <p className="soft small">{t("sending.linked", { count: linked })}</p>}
          {over && <Alert type="success" showIcon title={t(run.proposed ? "sending.next" : "sending.nextDirect")} />}
          {(over || !busy) && <div><Button onClick={() => onRun(null)} data-testid="batch-new">{t(over ? "sending.another" : "sending.forget")}</Button></div>}
        </div>
      </Panel>
    </div>
  );
}

function PartLine({ part: p, place, of }: { part: SentPart; place: number; of: number }): ReactElement {
  const { t } = useTranslation("batch");
  return (
    <div className="pick-row" style={{ gridTemplateColumns: "minmax(0, 1fr)" }} data-testid={`batch-part-${place}`} data-state={p.state} data-proposal={p.proposal}>
      <div className="row-between">
        <span>{of > 1 ? t("sending.part", { place, of }) : t("sending.one")} · {t("sending.rows", { count: p.items.length, first: p.lines[0] ?? 0, last: p.lines.at(-1) ?? 0 })}</span>
        <span className={p.state === "refused" ? "bad" : p.state === "done" ? "good" : "soft"}>{t(`sending.is.${p.state}`)}</span>
      </div>
      {p.state === "done" && (p.proposal ? <Link to={`/approvals/${p.proposal}`} data-testid={`batch-proposal-${place}`}>{t("sending.proposal", { id: p.proposal })}</Link> : <span>{t("sending.result", { accepted: p.accepted, refused: p.refused })}</span>)}
      {p.state === "refused" && <ProblemBox error={new Problem({ code: p.code, detail: p.detail })} />}
      {p.txId && <div className="soft small">{t("sending.transaction")} <Digest value={p.txId} /></div>}
    </div>
  );
}

/** targetOf is the record of a row: a row of the proposal, or the certificate that was issued at once. */
function targetOf(run: Run, line: number): { kind: "batch-row" | "certificate"; id: string } | null {
  for (const p of run.parts) {
    const at = p.lines.indexOf(line);
    if (at < 0 || p.state !== "done") continue;
    if (p.proposal) return { kind: "batch-row", id: `${p.proposal}.${at + 1}` };
    return { kind: "certificate", id: (p.items[at]?.argument as IssueArgument).number };
  }
  return null;
}
