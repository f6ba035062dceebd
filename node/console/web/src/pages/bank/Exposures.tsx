import { type ReactElement, Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { fenText, humanFen, parseFen, sumFen } from "../../lib/money";
import type { Exposure, Page as PageOf } from "../../lib/records";
import { Money } from "../../parts/Money";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { Sub } from "./Sub";

const Chart = lazy(async () => ({ default: (await import("../../parts/Chart")).Chart }));

const shown = 15;

/** Exposures are what debtors owe the bank, and may owe it on its lines, by debtor and by month of payment. */
export function Exposures(): ReactElement {
  const { t } = useTranslation("bank");
  const { member } = useSession();
  const read = useRead<PageOf<Exposure>>("/v1/exposure", { bank: member.id, limit: 200 });
  const rows = read.data?.items ?? [];
  const held = sumFen(rows.map((e) => parseFen(e.held.amount)));
  const share = (e: Exposure): string => (held === 0n ? "" : `${(Number((parseFen(e.held.amount) * 10_000n) / held) / 100).toFixed(2)} %`);
  const columns: Column<Exposure>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (e) => e.name || e.debtor },
    { key: "held", title: t("exposure.held"), end: true, render: (e) => <Money amount={e.held.amount} /> },
    { key: "share", title: t("exposure.share"), end: true, render: share },
    { key: "limit", title: t("exposure.limit"), end: true, render: (e) => (e.limit?.capped ? <><Money amount={sumFen([parseFen(e.limit.used), parseFen(e.limit.reserved)])} /> / <Money amount={e.limit.cap} /></> : <span className="soft">{t("limits.none")}</span>) },
    { key: "lines", title: t("exposure.lines"), end: true, render: (e) => <><Money amount={sumFen([parseFen(e.lines.used), parseFen(e.lines.reserved)])} /> / <Money amount={e.lines.limit} /></> },
    { key: "available", title: t("lines.available"), end: true, render: (e) => <Money amount={e.lines.available} /> },
  ];
  return (
    <Page title={t("exposure.title")} sub={t("exposure.sub")} loading={read.isLoading} error={read.error} onRetry={read.retry} testId="bank-exposure">
      <Sub of="lines" />
      <div className="stack">
        {rows.length > 0 && (
          <div className="grid-two">
            <Suspense fallback={<div className="panel" style={{ height: 320 }} />}>
              <Panel title={t("exposure.byDebtor")}><ByDebtor rows={rows} /></Panel>
              <Panel title={t("exposure.byMonth")}><ByMonth rows={rows} /></Panel>
            </Suspense>
          </div>
        )}
        <PagedTable label={t("exposure.title")} columns={columns} rows={rows} rowKey={(e) => e.debtor} empty={<EmptyState title={t("exposure.none")} hint={t("exposure.noneHint")} />} testId="exposure-list" />
      </div>
    </Page>
  );
}

/** yuan is an amount for the height of a bar alone; what is read is the text beside it. */
function yuan(amount: string): number {
  return Number(parseFen(amount)) / 100;
}

function ByDebtor({ rows }: { rows: Exposure[] }): ReactElement {
  const { t } = useTranslation("bank");
  const top = [...rows].sort((a, b) => Number(parseFen(b.held.amount) + parseFen(b.lines.used) - parseFen(a.held.amount) - parseFen(a.lines.used))).slice(0, shown);
  const bar = (name: string, pick: (e: Exposure) => string): object => ({ name, type: "bar", stack: name === t("exposure.held") ? "held" : "lines", data: top.map((e) => yuan(pick(e))) });
  return (
    <Chart
      label={t("exposure.byDebtor")}
      height={300}
      option={{
        tooltip: { trigger: "axis", valueFormatter: (v) => `¥${humanFen(BigInt(Math.round(Number(v) * 100)))}` },
        legend: { bottom: 0 },
        grid: { left: 8, right: 16, top: 16, bottom: 40, containLabel: true },
        xAxis: { type: "category", data: top.map((e) => e.name || e.debtor), axisLabel: { width: 90, overflow: "truncate" } },
        yAxis: { type: "value" },
        series: [bar(t("exposure.held"), (e) => e.held.amount), bar(t("exposure.lineUsed"), (e) => e.lines.used), bar(t("exposure.lineLeft"), (e) => e.lines.available)],
      }}
      table={{ columns: [t("debtor"), t("exposure.held"), t("exposure.lineUsed"), t("exposure.lineLeft")], rows: top.map((e) => [e.name, `¥${humanFen(e.held.amount)}`, `¥${humanFen(e.lines.used)}`, `¥${humanFen(e.lines.available)}`]) }}
      testId="exposure-by-debtor"
    />
  );
}

function ByMonth({ rows }: { rows: Exposure[] }): ReactElement {
  const { t } = useTranslation("bank");
  const months = new Map<string, string>();
  for (const m of rows.flatMap((e) => e.byMonth)) months.set(m.month, fenText(parseFen(m.amount) + parseFen(months.get(m.month) ?? "0.00")));
  const list = [...months].sort(([a], [b]) => a.localeCompare(b));
  if (list.length === 0) return <p className="soft">{t("exposure.noMonths")}</p>;
  return (
    <Chart
      label={t("exposure.byMonth")}
      height={300}
      option={{
        tooltip: { trigger: "axis", valueFormatter: (v) => `¥${humanFen(BigInt(Math.round(Number(v) * 100)))}` },
        grid: { left: 8, right: 16, top: 16, bottom: 24, containLabel: true },
        xAxis: { type: "category", data: list.map(([m]) => m) },
        yAxis: { type: "value" },
        series: [{ name: t("exposure.due"), type: "bar", data: list.map(([, a]) => yuan(a)) }],
      }}
      table={{ columns: [t("exposure.month"), t("exposure.due")], rows: list.map(([m, a]) => [m, `¥${humanFen(a)}`]) }}
      testId="exposure-by-month"
    />
  );
}
