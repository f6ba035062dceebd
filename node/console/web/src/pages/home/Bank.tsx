import { type ReactElement, Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { currentLanguage } from "../../app/i18n";
import type { ClearingWork, Exposure, FinancingRow, MonthFlow, Page, Totals } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { everyMonth, sumText } from "../../parts/value";
import { Figures } from "./Figures";

const LadderChart = lazy(() => import("../../parts/LadderChart"));

/** BankHome is a bank's day: requests to quote for, what is outstanding, lines, and what a clearing needs. */
export function BankHome(): ReactElement {
  const { t } = useTranslation("home");
  const { member } = useSession();
  const totals = useRead<Totals>("/v1/totals", { member: member.id });
  const requests = useRead<Page<FinancingRow>>("/v1/financings", { state: "requested", limit: 200 });
  const exposure = useRead<Page<Exposure>>("/v1/exposure", { limit: 200 });
  const today = useToday();
  const sums = totals.data?.totals;
  const asked = requests.data?.items ?? [];
  const debtors = exposure.data?.items ?? [];
  const months = byMonth(debtors);
  return (
    <>
      <Panel title={t("bank.title")} testId="home-bank">
        <div className="stack">
          <Figures
            sums={[
              requests.data ? { key: "requests", label: t("bank.requests"), flow: { count: asked.length, amount: sumText(asked.map((r) => r.amount)) }, to: "/bank", main: true } : null,
              sums ? { key: "funded", label: t("bank.funded"), flow: sums.funded, to: "/finance" } : null,
              sums ? { key: "bank-held", label: t("bank.held"), flow: sums.held, to: "/holdings" } : null,
              exposure.data
                ? {
                    key: "lines", label: t("bank.lines"), flow: { count: debtors.length, amount: sumText(debtors.map((d) => d.lines.available)) },
                    note: t("bank.linesNote", { count: debtors.length }), to: "/bank/lines",
                  }
                : null,
            ]}
          />
          {months.length > 0 && (
            <Suspense fallback={<div style={{ height: 240 }} />}>
              <LadderChart label={t("bank.ladder")} steps={everyMonth(months, today).map((m) => ({ at: m.month, amount: m.amount, count: m.count }))} testId="bank-ladder" />
            </Suspense>
          )}
        </div>
      </Panel>
      <Clearing />
    </>
  );
}

/** byMonth adds up what all debtors owe the bank in each month. */
function byMonth(debtors: Exposure[]): MonthFlow[] {
  const months = new Map<string, MonthFlow>();
  for (const m of debtors.flatMap((d) => d.byMonth)) {
    const known = months.get(m.month);
    months.set(m.month, known ? { month: m.month, count: known.count + m.count, amount: sumText([known.amount, m.amount]) } : m);
  }
  return [...months.values()].sort((a, b) => a.month.localeCompare(b.month));
}

/** Clearing is what clearings need of people, with what to do. */
function Clearing(): ReactElement {
  const { t } = useTranslation("home");
  const chinese = currentLanguage() === "zh";
  const work = useRead<Page<ClearingWork>>("/v1/clearing/worklist", { limit: 20 });
  const columns: Column<ClearingWork>[] = [
    { key: "debtor", title: t("clearing.debtor"), phone: "title", render: (w) => <MemberName id={w.debtor} /> },
    { key: "kind", title: t("what"), render: (w) => t(`work.${w.kind}`) },
    { key: "amount", title: t("amount"), end: true, render: (w) => <Money amount={w.amount} /> },
    { key: "next", title: t("clearing.next"), render: (w) => (chinese ? w.nextZh : w.next) },
  ];
  return (
    <Panel title={t("clearing.title")} actions={<LinkButton to="/clearing">{t("clearing.all")}</LinkButton>} testId="home-clearing">
      <PagedTable
        label={t("clearing.title")}
        columns={columns}
        rows={work.data?.items ?? []}
        rowKey={(w) => `${w.kind}/${w.subject}/${w.member}`}
        to={(w) => (w.run ? `/clearing/${encodeURIComponent(w.run)}` : "/clearing")}
        empty={<EmptyState title={t("clearing.none")} />}
        testId="clearing-work"
      />
    </Panel>
  );
}
