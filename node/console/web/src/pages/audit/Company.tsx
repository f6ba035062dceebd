import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router-dom";
import { usePages, useRead } from "../../app/query";
import { useWords } from "../../app/words";
import type { Alert, CertificateRow, Flow, Member, MemberTotals, OverdueReport, Page as List, Totals } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, Figure, LinkButton, Page, Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";
import { Exposures } from "./Exposures";
import { Lenience } from "./Lenience";

/** Company is what the ledger says of one member: what it holds and owes, what is overdue, and what was let pass. */
export function Company(): ReactElement {
  const { t } = useTranslation("audit");
  const { id = "" } = useParams();
  const read = useRead<Member>(`/v1/members/${encodeURIComponent(id)}`);
  const m = read.data;
  return (
    <Page
      title={m?.name ?? t("company.title")}
      sub={m && <span className="mono">{m.id}</span>}
      crumbs={[{ title: t("title"), to: "/audit" }]}
      actions={m && <LinkButton to={`/members/${m.id}`} testId="to-member">{t("company.member")}</LinkButton>}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="company"
    >
      {m && <Body member={m} />}
    </Page>
  );
}

const flows = ["held", "owed", "overdue", "awaiting", "toAccept", "financed", "funded", "offersToIt", "offersFromIt"] as const;

function Body({ member: m }: { member: Member }): ReactElement {
  const { t } = useTranslation("audit");
  const words = useWords();
  const totals = useRead<Totals>("/v1/totals", { member: m.id });
  const sums: MemberTotals | undefined = totals.data?.totals;
  const debtor = m.roles.includes("debtor");
  return (
    <div className="stack">
      <Panel>
        <Facts
          items={[
            { label: t("state"), value: <StateTag kind="member" state={m.state} /> },
            { label: t("company.roles"), value: m.roles.map((r) => words.of("role", r)).join("、") },
            { label: t("company.class"), value: words.of("class", m.class) },
            { label: t("company.sponsor"), value: m.sponsor && <MemberName id={m.sponsor} link /> },
          ]}
        />
      </Panel>
      {totals.error ? <ProblemBox error={totals.error} onRetry={totals.retry} /> : null}
      {sums && (
        <div className="grid" data-testid="company-sums">
          {flows
            .filter((f) => sums[f].count > 0 || f === "held" || f === "owed")
            .map((f) => <Sum key={f} name={f} flow={sums[f]} />)}
        </div>
      )}
      {debtor && <Late debtor={m.id} />}
      {debtor && <Issued debtor={m.id} />}
      {m.roles.includes("funder") && <Exposures bank={m.id} />}
      {debtor && <Exposures debtor={m.id} />}
      <Alerts member={m.id} />
      {debtor && <Lenience debtor={m.id} />}
    </div>
  );
}

function Sum({ name, flow }: { name: (typeof flows)[number]; flow: Flow }): ReactElement {
  const { t } = useTranslation("audit");
  return <Figure label={t(`company.${name}`)} value={<span className={name === "overdue" && flow.count > 0 ? "bad" : undefined}><Money amount={flow.amount} /></span>} note={t("sums.count", { count: flow.count })} testId={`company-${name}`} />;
}

function Late({ debtor }: { debtor: string }): ReactElement | null {
  const { t } = useTranslation("audit");
  const read = useRead<List<OverdueReport>>("/v1/reports/overdue", { debtor });
  const r = read.data?.items[0];
  if (read.error) return <ProblemBox error={read.error} onRetry={read.retry} />;
  if (!read.data) return null;
  return (
    <Panel title={t("overdue.title")} testId="company-late">
      {r ? (
        <Facts
          items={[
            { label: t("overdue.amount"), value: <span className="bad strong"><Money amount={r.amount} /></span> },
            { label: t("overdue.since"), value: r.since && <DateText date={r.since} /> },
            { label: t("overdue.days"), value: r.days > 0 ? String(r.days) : null },
            { label: t("overdue.accruing"), value: <Money amount={r.accruing} /> },
            { label: t("overdue.accrued"), value: <Money amount={r.accrued} /> },
            { label: t("overdue.interestPaid"), value: <Money amount={r.interestPaid} /> },
            { label: t("overdue.waived"), value: <Money amount={r.waived} /> },
            { label: t("overdue.extended"), value: <Money amount={r.extended} /> },
            { label: t("overdue.paidLate"), value: <Money amount={r.paidLate} /> },
          ]}
        />
      ) : (
        <p className="good">{t("overdue.never")}</p>
      )}
    </Panel>
  );
}

function Issued({ debtor }: { debtor: string }): ReactElement {
  const { t } = useTranslation("audit");
  const pages = usePages<CertificateRow>("/v1/certificates", { debtor }, 20);
  return (
    <Panel title={t("company.issued")}>
      <PagedTable
        label={t("company.issued")}
        columns={[
          { key: "number", title: t("certificate"), phone: "title", render: (c) => <CertificateLink number={c.number} plain /> },
          { key: "holder", title: t("company.firstHolder"), render: (c) => <MemberName id={c.firstHolder} /> },
          { key: "face", title: t("company.face"), end: true, render: (c) => <Money amount={c.face} /> },
          { key: "payment", title: t("company.payment"), render: (c) => <DateText date={c.payment} /> },
          { key: "redeemed", title: t("company.redeemed"), end: true, render: (c) => <Money amount={c.redeemed} /> },
          { key: "state", title: t("state"), render: (c) => <StateTag kind="certificate" state={c.state} /> },
        ]}
        pages={pages}
        rowKey={(c) => c.number}
        to={(c) => `/audit/decisions/${c.number}`}
        empty={<EmptyState title={t("company.noIssued")} />}
        testId="company-issued"
      />
    </Panel>
  );
}

function Alerts({ member }: { member: string }): ReactElement {
  const { t } = useTranslation("audit");
  const pages = usePages<Alert>("/v1/alerts", { member }, 20);
  return (
    <Panel title={t("company.alerts")}>
      <PagedTable
        label={t("company.alerts")}
        columns={[
          { key: "rule", title: t("company.rule"), phone: "title", render: (a) => t(`alertRule.${a.rule}`) },
          { key: "since", title: t("company.since"), render: (a) => <InstantText at={a.since} /> },
          { key: "state", title: t("state"), render: (a) => <StateTag kind="alert" state={a.state} /> },
        ]}
        pages={pages}
        rowKey={(a) => a.id}
        to={(a) => `/audit/alerts/${a.id}`}
        empty={<EmptyState title={t("company.noAlerts")} />}
        testId="company-alerts"
      />
    </Panel>
  );
}
