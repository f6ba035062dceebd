import { Spin } from "antd";
import { CheckCircleOutlined, ExclamationCircleOutlined } from "@ant-design/icons";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { currentLanguage } from "../../app/i18n";
import { useSession } from "../../app/session";
import { parseFen } from "../../lib/money";
import type { DeskBalance, DeskDifference, Reconciliation } from "../../lib/records";
import { FileDrop } from "../../parts/FileDrop";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { NoKey } from "./NoKey";
import { accountsAtBank, formOf } from "./desk";
import { useKey } from "./useKey";

/** Reconcile compares the run with the bank's statements, or with what banks have advised, to the fen. */
export function Reconcile({ run, onCompared }: { run: string; onCompared: () => void }): ReactElement {
  const { t } = useTranslation("clearing");
  const { api, member } = useSession();
  const key = useKey();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [found, setFound] = useState<Reconciliation | null>(null);
  const compare = async (files: File[]): Promise<void> => {
    setBusy(true);
    setError(null);
    onCompared();
    const path = `/v1/runs/${encodeURIComponent(run)}/reconciliation`;
    try {
      if (files.length === 0) {
        setFound(await api.post<Reconciliation>(path));
      } else {
        const accounts = key ? await accountsAtBank(api, [run], member.id, key) : [];
        const form = await formOf(files, accounts);
        setFound(await api.upload<Reconciliation>("POST", path, form.bytes, form.type));
      }
    } catch (reason) {
      setFound(null);
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack" data-testid="reconcile">
      {key === null && <NoKey />}
      <FileDrop label={t("reconcile.drop")} hint={t("reconcile.hint")} accept=".xml,.zip" multiple disabled={busy || key === undefined} onFiles={(list) => void compare(list)} testId="statement-files" />
      <div className="row">
        <ActionButton label={t("reconcile.advised")} busy={busy} onClick={() => void compare([])} testId="reconcile-advised" />
        <span className="soft small">{t("reconcile.advisedHint")}</span>
      </div>
      {busy && <div className="row" role="status"><Spin /> <span>{t("reconcile.busy")}</span></div>}
      {error !== null && <ProblemBox error={error} testId="reconcile-problem" />}
      {found && !busy && <Found found={found} />}
    </div>
  );
}

function Found({ found }: { found: Reconciliation }): ReactElement {
  const { t } = useTranslation("clearing");
  return (
    <>
      <div className={found.same ? "verdict verdict-good" : "verdict verdict-bad"} role="status" data-testid="reconcile-verdict" data-same={String(found.same)}>
        {found.same ? <CheckCircleOutlined aria-hidden="true" /> : <ExclamationCircleOutlined aria-hidden="true" />}
        <div>
          <h2>{found.same ? t("reconcile.same") : t("reconcile.differs", { count: found.differences.length })}</h2>
          <p>
            {t("reconcile.difference")} <Money amount={found.difference} testId="reconcile-difference" />
          </p>
        </div>
      </div>
      {found.differences.length > 0 && <Differences list={found.differences} />}
      <PagedTable<DeskBalance>
        label={t("reconcile.banks")}
        columns={[
          { key: "bank", title: t("reconcile.bank"), phone: "title", render: (b) => <MemberName id={b.bank} /> },
          { key: "side", title: t("reconcile.side"), render: (b) => t(`reconcile.sides.${b.side}`) },
          { key: "legs", title: t("sums.count"), end: true, render: (b) => String(b.legs) },
          { key: "ledger", title: t("reconcile.ledger"), end: true, render: (b) => <Money amount={b.ledger} /> },
          { key: "atBank", title: t("reconcile.atBank"), end: true, render: (b) => <Money amount={b.atBank} /> },
          { key: "difference", title: t("reconcile.difference"), end: true, render: (b) => <span className={parseFen(b.difference) === 0n ? "good" : "bad strong"}><Money amount={b.difference} /></span> },
        ]}
        rows={found.banks}
        rowKey={(b) => `${b.bank}/${b.side}`}
        testId="reconcile-banks"
      />
      {found.other > 0 && <p className="soft">{t("reconcile.other", { count: found.other })} <Money amount={found.otherAmount} /></p>}
      {found.statements.length > 0 && (
        <PagedTable
          label={t("reconcile.statements")}
          columns={[
            { key: "id", title: t("reconcile.statement"), phone: "title", render: (s) => `${s.kind} ${s.id}` },
            { key: "account", title: t("account"), render: (s) => <span className="mono">{s.account}</span> },
            { key: "entries", title: t("reconcile.entries"), end: true, render: (s) => String(s.entries) },
            { key: "credits", title: t("reconcile.credits"), end: true, render: (s) => <Money amount={s.credits} /> },
            { key: "debits", title: t("reconcile.debits"), end: true, render: (s) => <Money amount={s.debits} /> },
            { key: "problem", title: t("reconcile.problem"), render: (s) => s.problem && <span className="warn">{s.problem}</span> },
          ]}
          rows={found.statements}
          rowKey={(s) => `${s.file}/${s.id}`}
          testId="reconcile-statements"
        />
      )}
    </>
  );
}

const gapKeys: Record<DeskDifference["gap"], string> = {
  "missing at bank": "bank",
  "missing on ledger": "ledger",
  "amount differs": "amount",
  "unknown entry": "unknown",
};

function Differences({ list }: { list: DeskDifference[] }): ReactElement {
  const { t } = useTranslation("clearing");
  const chinese = currentLanguage() === "zh";
  return (
    <PagedTable
      label={t("reconcile.differences")}
      columns={[
        { key: "leg", title: t("leg"), phone: "title", render: (d) => (d.gap === "unknown entry" || d.leg === "" ? <span className="mono">{d.leg || "—"}</span> : <Link to={`/clearing/legs/${encodeURIComponent(d.leg)}`} className="mono">{d.leg}</Link>) },
        { key: "gap", title: t("reconcile.gap"), render: (d) => t(`reconcile.gaps.${gapKeys[d.gap]}`) },
        { key: "state", title: t("state"), render: (d) => <StateTag kind="settlement" state={d.state} /> },
        { key: "ledger", title: t("reconcile.ledger"), end: true, render: (d) => <Money amount={d.ledger} /> },
        { key: "atBank", title: t("reconcile.atBank"), end: true, render: (d) => <Money amount={d.atBank} /> },
        { key: "why", title: t("reconcile.why"), render: (d) => (chinese ? d.whyZh : d.why) },
      ]}
      rows={list}
      rowKey={(d) => `${d.bank}/${d.side ?? ""}/${d.leg}/${d.gap}/${d.atBank}/${d.why ?? ""}`}
      testId="reconcile-differences"
    />
  );
}
