import { Select } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { parseFen } from "../../lib/money";
import { type FinancingRow, type Totals, financingStates } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Figure, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Sub } from "./Sub";

/** Portfolio are the financings of the bank. */
export function Portfolio(): ReactElement {
  const { t } = useTranslation("bank");
  const { member } = useSession();
  const words = useWords();
  const [params, setParams] = useSearchParams();
  const state = params.get("state") ?? "";
  const totals = useRead<Totals>("/v1/totals", { member: member.id });
  const pages = usePages<FinancingRow>("/v1/financings", { member: member.id, state: state || undefined });
  const columns: Column<FinancingRow>[] = [
    { key: "holder", title: t("holder"), phone: "title", render: (f) => <MemberName id={f.holder} /> },
    { key: "debtors", title: t("debtors"), phone: "hide", render: (f) => f.debtors.map((d) => <div key={d}><MemberName id={d} /></div>) },
    { key: "amount", title: t("amount"), end: true, render: (f) => <Money amount={f.amount} /> },
    { key: "net", title: t("paidOut"), end: true, render: (f) => (parseFen(f.net) > 0n ? <Money amount={f.net} /> : null) },
    { key: "outstanding", title: t("outstanding"), end: true, render: (f) => <Money amount={f.outstanding} /> },
    { key: "at", title: t("requestedAt"), phone: "hide", render: (f) => <InstantText at={f.at} /> },
    { key: "state", title: t("state"), render: (f) => <StateTag kind="financing" state={f.state} /> },
  ];
  const funded = totals.data?.totals?.funded;
  return (
    <Page
      title={t("portfolio.title")}
      sub={t("portfolio.sub")}
      actions={
        <Select
          style={{ minWidth: 150 }}
          aria-label={t("filterState")}
          value={state}
          onChange={(v) => setParams(v ? { state: v } : {}, { replace: true })}
          options={[{ value: "", label: t("anyState") }, ...financingStates.map((s) => ({ value: s, label: words.state("financing", s) }))]}
          data-testid="portfolio-state"
        />
      }
      testId="bank-portfolio"
    >
      <Sub of="desk" />
      <div className="stack">
        {funded && <div className="grid"><Figure label={t("portfolio.outstanding")} value={<Money amount={funded.amount} />} note={t("count", { count: funded.count })} accent /></div>}
        <PagedTable
          label={t("portfolio.title")}
          columns={columns}
          pages={pages}
          rowKey={(f) => f.id}
          to={(f) => `/bank/requests/${f.id}`}
          empty={<EmptyState title={t("portfolio.none")} hint={t("portfolio.noneHint")} />}
          testId="portfolio-list"
        />
      </div>
    </Page>
  );
}
