import { Alert, Skeleton } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useRead } from "../../app/query";
import { useWords } from "../../app/words";
import type { Statement, StatementBalance, StatementEntry, StatementPayment, StatementSide } from "../../lib/records";
import { Money } from "../../parts/Money";
import { CertificateLink, Digest } from "../../parts/Names";
import { EmptyState, Figure, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { InstantText } from "../../parts/Time";
import { Download } from "../../parts/Download";

type Named = (id: string) => string;

/** StatementView is what a member held, owed, received and paid in one month. */
export function StatementView({ month, member }: { month: string; member: string }): ReactElement {
  const { t } = useTranslation("statements");
  const read = useRead<Statement>(`/v1/statements/${month}`, { member });
  const s = read.data;
  if (read.error) return <ProblemBox error={read.error} onRetry={read.retry} />;
  if (!s) return <Skeleton active paragraph={{ rows: 6 }} />;
  const name: Named = (id) => s.names[id] ?? id;
  const owes = s.owed.entries.length > 0 || s.owed.opening !== "0.00" || s.owed.closing !== "0.00";
  return (
    <div className="stack" data-testid="statement" data-final={s.final}>
      <div className="row-between">
        <div>
          <div className="strong">{name(s.member)}</div>
          <div className="soft small num">{s.from} — {s.to}</div>
        </div>
        <div className="row">
          <Download path={`/v1/statements/${month}/paper`} params={{ member }} name={`statement-${member}-${month}.pdf`} label="PDF" of={t("way.month")} primary testId="statement-pdf" />
          <Download path={`/v1/statements/${month}/sheet`} params={{ member }} name={`statement-${member}-${month}.xlsx`} label="XLSX" of={t("way.month")} testId="statement-xlsx" />
        </div>
      </div>
      {!s.final && <Alert type="info" showIcon title={t("open")} />}
      <Side title={t("held")} side={s.held} name={name} testId="held" />
      {owes && <Side title={t("owed")} side={s.owed} name={name} testId="owed" />}
      <Payments s={s} name={name} />
      <p className="soft small">
        {t("asOf", { height: s.asOf.height })} <InstantText at={s.asOf.time} exact />. {t("balanced")}
      </p>
    </div>
  );
}

function Side({ title, side, name, testId }: { title: string; side: StatementSide; name: Named; testId: string }): ReactElement {
  const { t } = useTranslation("statements");
  const words = useWords();
  const entries: Column<StatementEntry>[] = [
    { key: "time", title: t("time"), render: (e) => <InstantText at={e.time} /> },
    { key: "kind", title: t("kind"), phone: "title", render: (e) => <>{words.of("move", e.kind)} <span className="soft">{e.in ? t("in") : t("out")}</span></> },
    { key: "certificate", title: t("certificate"), render: (e) => <CertificateLink number={e.certificate} short /> },
    { key: "counterpart", title: t("counterpart"), render: (e) => name(e.counterpart) },
    { key: "amount", title: t("amount"), end: true, render: (e) => <span className={e.in ? "good" : ""}>{e.in ? "+" : "−"}<Money amount={e.amount} /></span> },
    { key: "tx", title: t("transaction"), phone: "hide", render: (e) => <Digest value={e.txId} /> },
  ];
  const balances: Column<StatementBalance>[] = [
    { key: "certificate", title: t("certificate"), phone: "title", render: (b) => <CertificateLink number={b.certificate} /> },
    { key: "debtor", title: t("debtor"), render: (b) => name(b.debtor) },
    { key: "payment", title: t("payment"), render: (b) => <span className="num">{b.payment}</span> },
    { key: "amount", title: t("closing"), end: true, render: (b) => <Money amount={b.amount} /> },
  ];
  return (
    <Panel title={title} testId={`statement-${testId}`}>
      <div className="stack">
        <div className="grid">
          <Figure label={t("opening")} value={<Money amount={side.opening} />} />
          <Figure label={t("came")} value={<Money amount={side.in} />} />
          <Figure label={t("went")} value={<Money amount={side.out} />} />
          <Figure label={t("closing")} value={<Money amount={side.closing} testId={`${testId}-closing`} />} accent />
        </div>
        <h3 className="strong">{t("entries")}</h3>
        <PagedTable label={`${title}: ${t("entries")}`} columns={entries} rows={side.entries} rowKey={(e) => `${e.txId} ${e.certificate} ${e.interval} ${e.kind} ${String(e.in)}`} empty={<EmptyState title={t("noEntries")} hint={t("noEntriesHint")} />} testId={`${testId}-entries`} />
        {side.balances.length > 0 && (
          <>
            <h3 className="strong">{t("balances")}</h3>
            <PagedTable label={`${title}: ${t("balances")}`} columns={balances} rows={side.balances} rowKey={(b) => b.certificate} testId={`${testId}-balances`} />
          </>
        )}
      </div>
    </Panel>
  );
}

function Payments({ s, name }: { s: Statement; name: Named }): ReactElement {
  const { t } = useTranslation("statements");
  const words = useWords();
  const columns: Column<StatementPayment>[] = [
    { key: "time", title: t("time"), render: (p) => <InstantText at={p.time} /> },
    { key: "purpose", title: t("purpose"), phone: "title", render: (p) => <>{words.of("purpose", p.purpose)}{p.returned && <span className="bad"> {t("returned")}</span>}</> },
    { key: "counterpart", title: t("counterpart"), render: (p) => name(p.counterpart) },
    { key: "amount", title: t("amount"), end: true, render: (p) => <span>{p.in !== p.returned ? "+" : "−"}<Money amount={p.amount} /></span> },
    { key: "cost", title: t("cost"), end: true, render: (p) => (p.interest === "0.00" && p.fee === "0.00" ? "" : <><Money amount={p.interest} />{p.fee !== "0.00" && <> + <Money amount={p.fee} /></>}</>) },
    { key: "reference", title: t("reference"), phone: "hide", render: (p) => <Link to={`/finance/settlements/${encodeURIComponent(p.settlement)}`}>{p.reference || t("settlement")}</Link> },
    { key: "tx", title: t("transaction"), phone: "hide", render: (p) => <Digest value={p.txId} /> },
  ];
  return (
    <Panel title={t("payments")} testId="statement-payments">
      <div className="stack">
        <div className="grid">
          <Figure label={t("received")} value={<Money amount={s.received.amount} />} note={t("count", { count: s.received.count })} />
          <Figure label={t("paid")} value={<Money amount={s.paid.amount} />} note={t("count", { count: s.paid.count })} />
        </div>
        <PagedTable label={t("payments")} columns={columns} rows={s.payments} rowKey={(p) => `${p.txId} ${p.settlement} ${String(p.in)} ${String(p.returned)}`} empty={<EmptyState title={t("noPayments")} hint={t("noPaymentsHint")} />} testId="payment-list" />
      </div>
    </Panel>
  );
}
