import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { pathOf, pathOfNotice } from "../../app/paths";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { amountOf } from "../../lib/interval";
import type { Effects, Outcome, Transaction as Known } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, Copy, Digest, MemberName } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Verdict } from "./Verdict";

/** Transaction is what became of one transaction, in plain words and as the ledger has it. */
export function Transaction(): ReactElement {
  const { t } = useTranslation("audit");
  const words = useWords();
  const { viewer } = useSession();
  const { id = "" } = useParams();
  const read = useRead<Known>(`/v1/transactions/${encodeURIComponent(id)}`);
  const tx = read.data;
  return (
    <Page
      title={tx?.outcome ? words.of("function", tx.outcome.function) : t("transaction.title")}
      sub={<><span className="mono">{id}</span> <Copy text={id} /></>}
      crumbs={viewer.seesAll ? [{ title: t("title"), to: "/audit" }, { title: t("transaction.title") }] : [{ title: t("transaction.title") }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="transaction"
    >
      {tx && <Body tx={tx} />}
    </Page>
  );
}

function Body({ tx }: { tx: Known }): ReactElement {
  const { t } = useTranslation("audit");
  const words = useWords();
  const o = tx.outcome;
  return (
    <div className="stack">
      <Panel>
        <div className="stack">
          <div className="row"><StateTag kind="transaction" state={tx.state} testId="transaction-state" /><span>{t(`transaction.state.${tx.state}`)}</span></div>
          {tx.refusal && (
            <Alert
              type="error"
              showIcon
              data-testid="transaction-refusal"
              title={tx.refusal.title}
              description={
                <div className="stack-tight">
                  {tx.refusal.detail && <div>{tx.refusal.detail}</div>}
                  {tx.refusal.rule && <div>{words.of("rule", tx.refusal.rule)} <span className="mono">{tx.refusal.rule}</span></div>}
                  {tx.refusal.next && <div className="strong">{tx.refusal.next}</div>}
                  <div className="soft small mono">{tx.refusal.code}</div>
                </div>
              }
            />
          )}
          {o && <OutcomeFacts outcome={o} />}
        </div>
      </Panel>
      {o && <Done effects={o.effects} />}
      {o && <Decided outcome={o} />}
      <Panel title={t("transaction.raw")}>
        <details>
          <summary className="soft">{t("transaction.rawShow")}</summary>
          <pre className="argument" tabIndex={0} data-testid="transaction-raw">{JSON.stringify(tx, null, 2)}</pre>
        </details>
      </Panel>
    </div>
  );
}

function OutcomeFacts({ outcome: o }: { outcome: Outcome }): ReactElement {
  const { t } = useTranslation("audit");
  const words = useWords();
  return (
    <Facts
      testId="transaction-facts"
      items={[
        { label: t("transaction.function"), value: <>{words.of("function", o.function)} <span className="soft mono">{o.function}</span></> },
        { label: t("transaction.by"), value: o.member ? <MemberName id={o.member} link /> : t("decisions.sweep") },
        { label: t("transaction.key"), value: <Digest value={o.key} /> },
        { label: t("decisions.time"), value: <InstantText at={o.time} exact /> },
        { label: t("decisions.height"), value: t("transaction.place", { height: o.height, index: o.index }) },
        { label: t("transaction.code"), value: <span className={o.code === "OK" ? "good mono" : "bad mono"}>{o.code}</span> },
        { label: t("transaction.detail"), value: o.detail, wide: true },
      ]}
    />
  );
}

/** Done is what the transaction did, in words. */
function Done({ effects: e }: { effects: Effects }): ReactElement | null {
  const { t } = useTranslation("audit");
  const words = useWords();
  if (e.notices.length + e.moves.length + e.certificates.length + e.financings.length + e.legs.length === 0) return null;
  return (
    <Panel title={t("transaction.did")} testId="transaction-effects">
      <div className="stack">
        {e.notices.length > 0 && (
          <ul className="stack-tight">
            {e.notices.map((n, i) => {
              const path = pathOfNotice(n.kind, n.subject);
              return (
                <li key={`${n.kind}/${n.subject}/${i}`}>
                  {words.of("notice", n.kind)} {path ? <Link to={path} className="mono">{n.subject}</Link> : <span className="mono">{n.subject}</span>}
                  {n.amount !== "0.00" && <> · <Money amount={n.amount} /></>}
                  {n.members.length > 0 && <span className="soft"> · {n.members.map((m, j) => <span key={m}>{j > 0 && "、"}<MemberName id={m} /></span>)}</span>}
                </li>
              );
            })}
          </ul>
        )}
        {e.moves.length > 0 && (
          <PagedTable
            label={t("transaction.moves")}
            columns={[
              { key: "kind", title: t("transaction.move"), phone: "title", render: (m) => words.of("move", m.kind) },
              { key: "certificate", title: t("certificate"), render: (m) => <CertificateLink number={m.certificate} short /> },
              { key: "amount", title: t("amount"), end: true, render: (m) => <Money amount={amountOf(m.interval)} /> },
              { key: "from", title: t("transaction.from"), render: (m) => <MemberName id={m.from} /> },
              { key: "to", title: t("transaction.to"), render: (m) => <MemberName id={m.to} /> },
            ]}
            rows={e.moves}
            rowKey={(m) => `${m.certificate}/${m.interval}/${m.kind}/${m.to}`}
            testId="transaction-moves"
          />
        )}
        <p className="soft small">
          {[...e.certificates.map((c) => ["certificate", c.number]), ...e.financings.map((f) => ["financing", f.id]), ...e.legs.map((l) => ["leg", l.id])].slice(0, 50).map(([kind = "", id = ""]) => (
            <span key={`${kind}/${id}`}>
              <Link to={pathOf(kind, id) ?? "/"}>{words.of("kind", kind === "leg" ? "settlement" : kind)} <span className="mono">{id.slice(-12)}</span></Link>{" "}
            </span>
          ))}
        </p>
      </div>
    </Panel>
  );
}

/** Decided is which rules were asked, and what they said. */
function Decided({ outcome: o }: { outcome: Outcome }): ReactElement | null {
  const { t } = useTranslation("audit");
  const words = useWords();
  const d = o.effects.decision;
  if (d.evaluated.length === 0) return null;
  const result = (rule: string): "refused" | "flagged" | "passed" => (d.failed.includes(rule) ? "refused" : d.flagged.includes(rule) ? "flagged" : "passed");
  return (
    <Panel title={t("transaction.rules")} actions={<Link to={`/rules?day=${o.time.slice(0, 10)}`}>{t("decisions.packNumber", { pack: d.pack })}</Link>} testId="transaction-rules">
      <ul className="stack-tight" style={{ listStyle: "none", padding: 0 }}>
        {d.evaluated.map((rule) => (
          <li key={rule}>
            <div className="row">
              <Verdict result={result(rule)} />
              <span className="strong">{words.of("rule", rule)}</span>
            </div>
            {d.inputs.filter((i) => i.rule === rule).map((i) => <div key={i.facts} className="warn">{i.facts}</div>)}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
