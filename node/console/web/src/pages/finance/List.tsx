import { Select } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { parseFen, sumFen } from "../../lib/money";
import { type FinancingRow, type HoldingRow, type Totals, financingStates } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Figure, LinkButton, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Worth } from "../../parts/Worth";
import { worthParts } from "../../parts/value";

/** List is where a holder begins: what can become cash, what it is worth today, and the financings so far. */
export function List(): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const holder = session.is("holder");
  return (
    <Page
      title={t("title")}
      sub={t(holder ? "sub" : session.is("debtor") ? "subDebtor" : "subOther")}
      actions={
        <>
          <LinkButton to="/finance/settlements" testId="to-settlements">{t("settlements.title")}</LinkButton>
          <LinkButton to="/finance/discounts" testId="to-discounts">{t("discounts.title")}</LinkButton>
          {holder && session.may("maker") && <LinkButton to="/finance/new" primary testId="finance-new">{t("new.title")}</LinkButton>}
        </>
      }
      testId="finance"
    >
      <div className="stack">
        {holder && <Possible />}
        <All />
      </div>
    </Page>
  );
}

/** Possible is what the member holds that nobody has a claim on and that is not due yet. */
function Possible(): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const today = useToday();
  const holdings = usePages<HoldingRow>("/v1/holdings", { owner: session.member.id, state: "active" }, 200);
  const totals = useRead<Totals>("/v1/totals", { member: session.member.id });
  const parts = worthParts(holdings.items).filter((p) => p.payment > today);
  const free = sumFen(parts.map((p) => p.amount));
  const financed = totals.data?.totals?.financed;
  return (
    <div className="grid-two">
      <div className="grid">
        <Figure label={t("possible")} value={<Money amount={free} />} note={t(holdings.hasMore ? "possibleSome" : "possibleNote", { count: parts.length })} accent testId="figure-possible" />
        {financed && <Figure label={t("financed")} value={<Money amount={financed.amount} />} note={t("count", { count: financed.count })} testId="figure-financed" />}
      </div>
      <Panel title={t("worth")}>
        {free > 0n ? <Worth parts={parts} to={session.may("maker") ? "/finance/new" : undefined} /> : <p className="soft">{t("nothingFree")}</p>}
      </Panel>
    </div>
  );
}

/** All are the financings in which the member has a part. */
function All(): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const words = useWords();
  const [params, setParams] = useSearchParams();
  const state = params.get("state") ?? "";
  const watches = session.viewer.seesAll && !session.is("holder", "funder", "debtor");
  const pages = usePages<FinancingRow>("/v1/financings", { state: state || undefined, member: watches ? undefined : session.member.id });
  const columns: Column<FinancingRow>[] = [
    { key: "at", title: t("requestedAt"), render: (f) => <InstantText at={f.at} /> },
    { key: "amount", title: t("amount"), end: true, phone: "title", render: (f) => <Money amount={f.amount} /> },
    ...(session.is("holder") && !session.is("funder") ? [] : [{ key: "holder", title: t("holder"), render: (f: FinancingRow) => <MemberName id={f.holder} /> }]),
    { key: "funder", title: t("funder"), render: (f) => (f.funder ? <MemberName id={f.funder} /> : <span className="soft">{t("noFunder")}</span>) },
    { key: "net", title: t("net"), end: true, render: (f) => (parseFen(f.net) > 0n ? <Money amount={f.net} /> : null) },
    { key: "outstanding", title: t("outstanding"), end: true, phone: "hide", render: (f) => (parseFen(f.outstanding) > 0n ? <Money amount={f.outstanding} /> : null) },
    { key: "state", title: t("state"), render: (f) => <StateTag kind="financing" state={f.state} /> },
  ];
  const maker = session.is("holder") && session.may("maker");
  return (
    <Panel
      title={t("all")}
      actions={
        <Select
          style={{ minWidth: 150 }}
          aria-label={t("filterState")}
          data-testid="finance-state"
          value={state}
          onChange={(v) => setParams(v ? { state: v } : {}, { replace: true })}
          options={[{ value: "", label: t("anyState") }, ...financingStates.map((s) => ({ value: s, label: words.state("financing", s) }))]}
        />
      }
    >
      <PagedTable
        label={t("all")}
        columns={columns}
        pages={pages}
        rowKey={(f) => f.id}
        to={(f) => `/finance/${f.id}`}
        empty={<EmptyState title={t("none")} hint={t(maker ? "noneHint" : "noneOther")} action={maker && <LinkButton to="/finance/new" primary>{t("new.title")}</LinkButton>} />}
        testId="finance-list"
      />
    </Panel>
  );
}
