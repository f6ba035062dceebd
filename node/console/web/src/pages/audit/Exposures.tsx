import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useStatus } from "../../app/query";
import { parseFen, sumFen } from "../../lib/money";
import type { Exposure } from "../../lib/records";
import { BankPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { EmptyState, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";

/** Exposures is what debtors owe one bank and may owe it. */
export function Exposures({ bank: given, debtor }: { bank?: string; debtor?: string }): ReactElement {
  const { t } = useTranslation("audit");
  const status = useStatus();
  const [chosen, setChosen] = useState("");
  const bank = given ?? (chosen || (status.data?.validators[0]?.bank ?? ""));
  const pages = usePages<Exposure>(bank ? "/v1/exposure" : null, { bank }, 200);
  const rows = debtor ? pages.items.filter((e) => e.debtor === debtor) : pages.items;
  const columns: Column<Exposure>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (e) => e.name || e.debtor },
    { key: "held", title: t("exposure.held"), end: true, render: (e) => <Money amount={e.held.amount} /> },
    { key: "used", title: t("exposure.used"), end: true, render: (e) => <Money amount={e.lines.used} /> },
    { key: "available", title: t("exposure.available"), end: true, render: (e) => <Money amount={e.lines.available} /> },
    { key: "cap", title: t("exposure.limit"), end: true, render: (e) => e.limit && (e.limit.capped ? <><Money amount={e.limit.used} /> / <Money amount={e.limit.cap} /></> : <Money amount={e.limit.used} />) },
    { key: "next", title: t("exposure.next"), render: (e) => e.byMonth[0] && <><span className="num">{e.byMonth[0].month}</span> <Money amount={e.byMonth[0].amount} /></> },
  ];
  return (
    <Panel title={t("exposure.title")} actions={!given && <div style={{ minWidth: 220 }}><BankPicker value={bank} onChange={(v) => setChosen(String(v ?? ""))} label={t("exposure.bank")} testId="exposure-bank" /></div>} testId="audit-exposure">
      <PagedTable
        label={t("exposure.title")}
        columns={columns}
        pages={{ ...pages, items: rows }}
        rowKey={(e) => e.debtor}
        to={(e) => `/audit/companies/${e.debtor}`}
        empty={<EmptyState title={t("exposure.none")} />}
        foot={rows.length > 1 ? <div className="num-right">{t("exposure.sum")} <Money amount={sumFen(rows.map((e) => parseFen(e.held.amount)))} /></div> : undefined}
        testId="exposures"
      />
    </Panel>
  );
}
