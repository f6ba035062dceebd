import { Button, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import type { Alert, Flow, NetworkTotals, OverdueReport, Page as List, Totals } from "../../lib/records";
import { isDigest } from "../../lib/digest";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Figure, LinkButton, Page, Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { DateText, InstantText } from "../../parts/Time";
import { Exposures } from "./Exposures";
import { Lenience } from "./Lenience";
import { Sub } from "./Sub";

/** Overview is where an audit begins: a company, a transaction, the sums, and what is overdue. */
export function Overview(): ReactElement {
  const { t } = useTranslation("audit");
  const { viewer } = useSession();
  if (!viewer.seesAll) {
    return (
      <Page title={t("title")} testId="audit">
        <div className="panel"><EmptyState title={t("noRight")} hint={t("noRightHint")} /></div>
      </Page>
    );
  }
  return (
    <Page title={t("title")} sub={t("sub")} testId="audit">
      <Sub />
      <div className="stack">
        <Find />
        <Sums />
        <Overdue />
        <Exposures />
        <Lenience />
      </div>
    </Page>
  );
}

function Find(): ReactElement {
  const { t } = useTranslation("audit");
  const navigate = useNavigate();
  const [transaction, setTransaction] = useState("");
  const id = transaction.trim().toLowerCase();
  const go = (): void => {
    if (isDigest(id)) void navigate(`/audit/transactions/${id}`);
  };
  return (
    <Panel title={t("find.title")} testId="audit-find">
      <div className="grid-two">
        <Form layout="vertical">
          <Form.Item label={t("find.company")} htmlFor="audit-company" extra={t("find.companyHint")}>
            <MemberPicker id="audit-company" value="" onChange={(m) => m && void navigate(`/audit/companies/${m}`)} label={t("find.company")} testId="audit-company" />
          </Form.Item>
        </Form>
        <Form layout="vertical" onFinish={go}>
          <Form.Item label={t("find.transaction")} htmlFor="audit-transaction" extra={t("find.transactionHint")}>
            <Input id="audit-transaction" className="mono" value={transaction} status={id !== "" && !isDigest(id) ? "error" : ""} onChange={(e) => setTransaction(e.target.value)} data-testid="audit-transaction" />
          </Form.Item>
          <Button htmlType="submit" disabled={!isDigest(id)} data-testid="audit-transaction-go">{t("find.go")}</Button>
        </Form>
      </div>
    </Panel>
  );
}

const figures = ["certificates", "open", "overdue", "extended", "redeemed", "financed", "awaiting", "offers"] as const;

function Sums(): ReactElement {
  const { t } = useTranslation("audit");
  const read = useRead<Totals>("/v1/totals");
  const alerts = useRead<List<Alert>>("/v1/alerts", { state: "open", limit: 200 });
  const n: NetworkTotals | undefined = read.data?.network;
  const open = alerts.data?.items.length ?? 0;
  return (
    <Panel title={t("sums.title")} actions={<LinkButton to="/reports" testId="to-reports">{t("sums.reports")}</LinkButton>} testId="audit-sums">
      <div className="stack">
        {read.error ? <ProblemBox error={read.error} onRetry={read.retry} /> : null}
        <div className="grid">
          {n && figures.map((f) => <Sum key={f} name={f} flow={n[f]} />)}
          {alerts.data && <Figure label={t("sums.alerts")} value={<span className={open > 0 ? "warn" : undefined}>{open}{alerts.data.next ? "+" : ""}</span>} to="/audit/alerts" testId="audit-alerts" />}
        </div>
        {read.data && <p className="soft small">{t("asOf", { height: read.data.asOf.height })} <InstantText at={read.data.asOf.time} /></p>}
      </div>
    </Panel>
  );
}

function Sum({ name, flow }: { name: (typeof figures)[number]; flow: Flow }): ReactElement {
  const { t } = useTranslation("audit");
  const bad = name === "overdue" && flow.count > 0;
  return <Figure label={t(`sums.${name}`)} value={<span className={bad ? "bad" : undefined}><Money amount={flow.amount} /></span>} note={t("sums.count", { count: flow.count })} accent={name === "open"} testId={`audit-${name}`} />;
}

function Overdue(): ReactElement {
  const { t } = useTranslation("audit");
  const read = useRead<List<OverdueReport>>("/v1/reports/overdue", { limit: 50 });
  return (
    <Panel title={t("overdue.title")} actions={<LinkButton to="/reports/overdue">{t("overdue.all")}</LinkButton>} testId="audit-overdue-list">
      {read.error ? (
        <ProblemBox error={read.error} onRetry={read.retry} />
      ) : (
        <PagedTable
          label={t("overdue.title")}
          columns={[
            { key: "debtor", title: t("debtor"), phone: "title", render: (r) => <MemberName id={r.debtor} /> },
            { key: "amount", title: t("overdue.amount"), end: true, render: (r) => <span className="bad"><Money amount={r.amount} /></span> },
            { key: "since", title: t("overdue.since"), render: (r) => r.since && <DateText date={r.since} /> },
            { key: "accruing", title: t("overdue.accruing"), end: true, render: (r) => <Money amount={r.accruing} /> },
            { key: "waived", title: t("overdue.waived"), end: true, render: (r) => <Money amount={r.waived} /> },
            { key: "extended", title: t("overdue.extended"), end: true, render: (r) => <Money amount={r.extended} /> },
            { key: "paidLate", title: t("overdue.paidLate"), end: true, render: (r) => <Money amount={r.paidLate} /> },
          ]}
          rows={read.data?.items ?? []}
          rowKey={(r) => r.debtor}
          to={(r) => `/audit/companies/${r.debtor}`}
          empty={<EmptyState title={t("overdue.none")} />}
          testId="audit-overdue"
        />
      )}
    </Panel>
  );
}
