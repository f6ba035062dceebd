import { Button, Input, Select } from "antd";
import { type ReactElement, Suspense, lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { addDays, addMonths } from "../../lib/calendar";
import { isSocialCredit } from "../../lib/number";
import type { Flow, HoldingRow, MemberTotals, Totals } from "../../lib/records";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, Figure, LinkButton, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { DateInput, DateText } from "../../parts/Time";
import { everyMonth, standingOfRow, sumText } from "../../parts/value";
import { joined } from "../../parts/joined";
import { useIsPhone } from "../../parts/phone";

const LadderChart = lazy(() => import("../../parts/LadderChart"));

/** What can be filtered by, kept in the address so that a view can be shared. */
interface Filter {
  debtor: string;
  from: string;
  to: string;
  use: string;
}

/** List is everything that the member holds, with when it is paid. */
export function List(): ReactElement {
  const { t } = useTranslation("holdings");
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const filter: Filter = { debtor: params.get("debtor") ?? "", from: params.get("from") ?? "", to: params.get("to") ?? "", use: params.get("use") ?? "" };
  const change = (part: Partial<Filter>): void => {
    const next = { ...filter, ...part };
    setParams(Object.fromEntries(Object.entries(next).filter(([, v]) => v !== "")), { replace: true });
  };
  const totals = useRead<Totals>("/v1/totals", { member: session.member.id });
  const sums = totals.data?.totals;
  const today = useToday();
  const onlyMaker = session.may("maker") && session.is("holder");
  return (
    <Page
      title={t("title")}
      sub={t("sub")}
      testId="holdings"
      actions={
        <>
          <LinkButton to="/holdings/pledges" testId="to-pledges">
            {t("pledges.title")}
          </LinkButton>
          {onlyMaker && (
            <>
              <LinkButton to="/finance/new" testId="to-finance">
                {t("do.finance")}
              </LinkButton>
              <LinkButton to="/transfers/new" primary testId="to-transfer">
                {t("do.transfer")}
              </LinkButton>
            </>
          )}
        </>
      }
    >
      <div className="stack">
        <Sums sums={sums} />
        {sums && sums.heldByMonth.length > 0 && (
          <Panel title={t("ladder")} testId="holdings-ladder">
            <Suspense fallback={<div style={{ height: 240 }} />}>
              <LadderChart
                label={t("ladderLabel")}
                steps={everyMonth(sums.heldByMonth, today).map((m) => ({ at: m.month, amount: m.amount, count: m.count }))}
                onSelect={(month) => change({ from: `${month}-01`, to: addDays(addMonths(`${month}-01`, 1), -1) })}
                testId="holdings-ladder-chart"
              />
            </Suspense>
            <p className="soft small">{t("ladderHint")}</p>
          </Panel>
        )}
        <Filters filter={filter} onChange={change} />
        <Rows filter={filter} />
      </div>
    </Page>
  );
}

function Sums({ sums }: { sums: MemberTotals | undefined }): ReactElement | null {
  const { t } = useTranslation("holdings");
  const phone = useIsPhone();
  if (!sums) return null;
  const shown = (f: Flow): boolean => !phone || f.count > 0; // a phone leaves out what is nothing
  const note = (f: Flow): string => t("count", { count: f.count });
  return (
    <div className="grid">
      <Figure label={t("sum.held")} value={<Money amount={sums.held.amount} />} note={note(sums.held)} accent testId="sum-held" />
      {shown(sums.offersFromIt) && <Figure label={t("sum.offered")} value={<Money amount={sums.offersFromIt.amount} />} note={note(sums.offersFromIt)} to="/transfers?direction=sent" testId="sum-offered" />}
      {shown(sums.financed) && <Figure label={t("sum.financed")} value={<Money amount={sums.financed.amount} />} note={note(sums.financed)} to="/finance" testId="sum-financed" />}
      {sums.toAccept.count > 0 && (
        <Figure label={t("sum.toAccept")} value={<Money amount={sums.toAccept.amount} />} note={note(sums.toAccept)} to="/certificates?view=accept" testId="sum-to-accept" />
      )}
    </div>
  );
}

function Filters({ filter, onChange }: { filter: Filter; onChange: (part: Partial<Filter>) => void }): ReactElement {
  const { t } = useTranslation("holdings");
  const [debtor, setDebtor] = useState(filter.debtor);
  return (
    <div className="row" role="search" aria-label={t("filter.label")}>
      <Select
        style={{ minWidth: 150 }}
        aria-label={t("filter.use")}
        data-testid="filter-use"
        value={filter.use}
        onChange={(use) => onChange({ use })}
        options={["", "free", "locked", "overdue", "redeemed"].map((u) => ({ value: u, label: t(`filter.${u === "" ? "any" : u}`) }))}
      />
      <div style={{ width: 150 }}>
        <DateInput value={filter.from} onChange={(from) => onChange({ from })} max={filter.to || undefined} label={t("filter.from")} testId="filter-from" />
      </div>
      <span className="soft" aria-hidden="true">–</span>
      <div style={{ width: 150 }}>
        <DateInput value={filter.to} onChange={(to) => onChange({ to })} min={filter.from || undefined} label={t("filter.to")} testId="filter-to" />
      </div>
      <Input
        style={{ width: 220 }}
        aria-label={t("filter.debtor")}
        placeholder={t("filter.debtor")}
        data-testid="filter-debtor"
        allowClear
        value={debtor}
        onChange={(event) => {
          const text = event.target.value.trim().toUpperCase();
          setDebtor(event.target.value);
          if (text === "" || isSocialCredit(text)) onChange({ debtor: text });
        }}
      />
      {Object.values(filter).some((v) => v !== "") && (
        <Button type="link" onClick={() => { setDebtor(""); onChange({ debtor: "", from: "", to: "", use: "" }); }} data-testid="filter-clear">
          {t("filter.clear")}
        </Button>
      )}
    </div>
  );
}

function Rows({ filter }: { filter: Filter }): ReactElement {
  const { t } = useTranslation("holdings");
  const session = useSession();
  const words = useWords();
  const today = useToday();
  const pages = usePages<HoldingRow>(
    "/v1/holdings",
    { owner: session.member.id, debtor: filter.debtor || undefined, paymentFrom: filter.from || undefined, paymentTo: filter.to || undefined },
    100,
  );
  const rows = pages.items.filter((h) => fits(h, filter.use, today));
  const columns: Column<HoldingRow>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (h) => <MemberName id={h.debtor} /> },
    { key: "certificate", title: t("certificate"), phone: "hide", render: (h) => <CertificateLink number={h.certificate} short plain /> },
    { key: "amount", title: t("amount"), end: true, render: (h) => <Money amount={h.amount} /> },
    { key: "payment", title: t("payment"), render: (h) => <DateText date={h.payment} from={h.redeemed || h.gone ? undefined : today} /> },
    { key: "tier", title: t("tier"), end: true, render: (h) => h.tier },
    {
      key: "locks", title: t("locked"),
      render: (h) => (h.locks.length === 0 ? null : <span>{joined(h.locks.map((l) => words.of("lock", l)))} <Money amount={h.locked} /></span>),
    },
    { key: "state", title: t("state"), render: (h) => <StateTag kind="holding" state={standingOfRow(h, today)} /> },
  ];
  return (
    <PagedTable
      label={t("title")}
      columns={columns}
      pages={pages}
      rows={rows}
      rowKey={(h) => `${h.certificate}/${h.id}`}
      to={(h) => (h.state === "issued" ? `/certificates/${h.certificate}` : `/holdings/${h.certificate}/${h.id}`)}
      empty={<EmptyState title={filter.use || filter.from || filter.debtor ? t("noneSuch") : t("none")} hint={t("noneHint")} />}
      foot={<div className="row-between"><span>{t("shown", { count: rows.length })}</span><Money amount={sumText(rows.map((r) => r.amount))} /></div>}
      testId="holding-list"
    />
  );
}

function fits(h: HoldingRow, use: string, today: string): boolean {
  if (h.gone || (use !== "redeemed" && use !== "" && h.redeemed)) return false;
  const stands = standingOfRow(h, today);
  switch (use) {
    case "free": return h.locked !== h.amount && stands === "active";
    case "locked": return h.locks.length > 0;
    case "overdue": return stands === "overdue";
    case "redeemed": return h.redeemed;
    default: return true;
  }
}
