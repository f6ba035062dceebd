import { Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { usePages, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import type { AccountsPage, LegReport } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { DateInput, InstantText } from "../../parts/Time";
import { Sub } from "./Sub";

type Side = "in" | "out" | "all";

/** Payments are what the member is paid and pays on payment dates, and the account to which it is paid. */
export function Payments(): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const { member, is } = useSession();
  const [side, setSide] = useState<Side>(is("holder") || is("funder") ? "in" : "out");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const pages = usePages<LegReport>("/v1/reports/legs", { member: member.id, from, to }, 100);
  const rows = pages.items.filter((l) => (side === "in" ? l.payee === member.id : side === "out" ? l.payer === member.id : true));
  const columns: Column<LegReport>[] = [
    { key: "other", title: t("payments.other"), phone: "title", render: (l) => <MemberName id={l.payee === member.id ? l.payer : l.payee} /> },
    { key: "purpose", title: t("purpose"), render: (l) => words.of("purpose", l.purpose) },
    { key: "amount", title: t("amount"), end: true, render: (l) => <span className={l.payee === member.id ? "good" : undefined}>{l.payee === member.id ? "+" : l.payer === member.id ? "−" : ""}<Money amount={l.amount} /></span> },
    { key: "state", title: t("state"), render: (l) => <StateTag kind="settlement" state={l.state} /> },
    { key: "credited", title: t("payments.credited"), render: (l) => <InstantText at={l.credited} /> },
    { key: "account", title: t("account"), phone: "hide", render: (l) => (l.payee === member.id ? l.payeeAccount : l.payerAccount) },
    { key: "reference", title: t("reference"), render: (l) => (l.reference ? <span className="mono">{l.reference}</span> : l.reason && <span className="warn">{l.reason}</span>) },
  ];
  return (
    <Page title={t("payments.title")} sub={t("payments.sub")} crumbs={[{ title: t("title"), to: "/clearing" }]} testId="payments">
      <Sub />
      <div className="stack">
        {is("holder", "funder") && <PaidTo />}
        <Panel
          title={t("payments.list")}
          actions={<Segmented value={side} onChange={(v) => setSide(v as Side)} options={(["in", "out", "all"] as const).map((v) => ({ value: v, label: t(`payments.${v}`) }))} aria-label={t("payments.list")} data-testid="payments-side" />}
        >
          <div className="stack">
            <div className="grid">
              <DateInput value={from} onChange={setFrom} label={t("runs.from")} testId="payments-from" />
              <DateInput value={to} onChange={setTo} label={t("runs.to")} testId="payments-to" />
            </div>
            <PagedTable label={t("payments.list")} columns={columns} pages={{ ...pages, items: rows }} rowKey={(l) => l.id} to={(l) => (l.run ? `/clearing/legs/${encodeURIComponent(l.id)}` : `/finance/settlements/${encodeURIComponent(l.id)}`)} empty={<EmptyState title={t("payments.none")} hint={t("payments.noneHint")} action={pages.hasMore && <a role="button" tabIndex={0} onClick={pages.more} onKeyDown={(e) => e.key === "Enter" && pages.more()}>{t("payments.more")}</a>} />} testId="payment-list" />
          </div>
        </Panel>
      </div>
    </Page>
  );
}

/** PaidTo is the account to which the member's clearings are paid. */
function PaidTo(): ReactElement | null {
  const { t } = useTranslation("clearing");
  const { member } = useSession();
  const { data } = useRead<AccountsPage>(`/v1/members/${member.id}/accounts`, { limit: 200 });
  if (!data) return null;
  const usable = data.items.filter((a) => a.state === "confirmed");
  const account = usable.find((a) => a.id === data.payee?.account) ?? usable[0];
  return (
    <Panel title={t("payments.paidTo")} actions={<LinkButton to="/settings/accounts" testId="to-accounts">{t("payments.accounts")}</LinkButton>} testId="paid-to">
      {account ? (
        <Facts
          items={[
            { label: t("account"), value: account.id },
            { label: t("payeeBank"), value: <MemberName id={account.bank} /> },
            { label: t("payments.chosen"), value: data.payee ? <InstantText at={data.payee.from} /> : t("payments.notChosen") },
          ]}
        />
      ) : (
        <p className="warn">{t("payments.noAccount")} <Link to="/settings/accounts">{t("payments.accounts")}</Link></p>
      )}
    </Panel>
  );
}
