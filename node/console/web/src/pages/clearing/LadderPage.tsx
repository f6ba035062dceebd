import { Tag } from "antd";
import { type ReactElement, Suspense, lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { compactDate } from "../../lib/calendar";
import { parseFen, sumFen } from "../../lib/money";
import type { Ladder, Rung } from "../../lib/records";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { EmptyState, Figure, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { DateText } from "../../parts/Time";
import { Sub } from "./Sub";

const LadderChart = lazy(() => import("../../parts/LadderChart"));

const horizon = 180;

/** LadderPage is what a debtor is to pay on which day, with what is overdue first. */
export function LadderPage(): ReactElement {
  const { t } = useTranslation("clearing");
  const { member, is, viewer } = useSession();
  const [chosen, setChosen] = useState("");
  const debtor = chosen || (is("debtor") ? member.id : "");
  const read = useRead<Ladder>(debtor ? `/v1/debtors/${debtor}/ladder` : null, { days: horizon });
  return (
    <Page title={t("ladder.title")} sub={t("ladder.sub", { days: horizon })} crumbs={[{ title: t("title"), to: "/clearing" }]} testId="ladder">
      <Sub />
      <div className="stack">
        {viewer.seesAll && <div style={{ maxWidth: 420 }}><MemberPicker value={debtor} onChange={setChosen} roles={["debtor"]} label={t("debtor")} testId="ladder-debtor" /></div>}
        {debtor === "" && <div className="panel"><EmptyState title={t("ladder.choose")} /></div>}
        {read.error ? <ProblemBox error={read.error} onRetry={read.retry} /> : null}
        {read.data && <Body ladder={read.data} />}
      </div>
    </Page>
  );
}

function Body({ ladder }: { ladder: Ladder }): ReactElement {
  const { t } = useTranslation("clearing");
  const { rungs } = ladder;
  const sum = (of: Rung[]): bigint => sumFen(of.map((r) => parseFen(r.amount)));
  const late = rungs.filter((r) => r.mark === "overdue");
  const soon = rungs.filter((r) => r.mark.startsWith("T"));
  const columns: Column<Rung>[] = [
    { key: "day", title: t("ladder.day"), phone: "title", render: (r) => (r.days <= 0 ? <Link to={`/clearing/${ladder.debtor}-${compactDate(r.day)}`}><DateText date={r.day} /></Link> : <DateText date={r.day} />) },
    { key: "mark", title: t("ladder.mark"), render: (r) => (r.mark === "" ? t("ladder.inDays", { days: r.days }) : <Tag color={r.mark === "overdue" ? "error" : "warning"}>{t(`ladder.marks.${r.mark}`)}</Tag>) },
    { key: "amount", title: t("ladder.amount"), end: true, render: (r) => <Money amount={r.amount} /> },
    { key: "interest", title: t("ladder.interest"), end: true, render: (r) => (r.interest === "0.00" ? null : <Money amount={r.interest} />) },
    { key: "awaiting", title: t("ladder.awaiting"), end: true, render: (r) => (r.awaiting === "0.00" ? null : <Money amount={r.awaiting} />) },
    { key: "sum", title: t("ladder.running"), end: true, render: (r) => <Money amount={r.sum} /> },
    { key: "certificates", title: t("ladder.certificates"), end: true, render: (r) => String(r.certificates) },
  ];
  if (rungs.length === 0) return <div className="panel"><EmptyState title={t("ladder.none", { days: horizon })} hint={t("ladder.noneHint")} /></div>;
  return (
    <>
      <div className="grid">
        <Figure label={t("ladder.total", { days: horizon })} value={<Money amount={sum(rungs)} />} accent testId="ladder-total" />
        <Figure label={t("ladder.late")} value={<span className={late.length > 0 ? "bad" : undefined}><Money amount={sum(late)} /></span>} testId="ladder-late" />
        <Figure label={t("ladder.soon")} value={<Money amount={sum(soon)} />} note={t("ladder.soonNote")} testId="ladder-soon" />
      </div>
      <Panel>
        <Suspense fallback={<div style={{ height: 240 }} />}>
          <LadderChart label={t("ladder.chart", { days: horizon })} steps={rungs.map((r) => ({ at: r.day, amount: r.amount, awaiting: r.awaiting, count: r.certificates, late: r.mark === "overdue" }))} testId="ladder-chart" />
        </Suspense>
      </Panel>
      <Panel title={t("ladder.table")}>
        <PagedTable label={t("ladder.table")} columns={columns} rows={rungs} rowKey={(r) => `${r.day}/${r.mark}`} testId="ladder-table" />
      </Panel>
    </>
  );
}
