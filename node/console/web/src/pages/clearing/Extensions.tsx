import { Checkbox, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { amountOf } from "../../lib/interval";
import { sumFen } from "../../lib/money";
import type { Extension, Waiver } from "../../lib/records";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ActionButton } from "../../parts/ReasonButton";
import { DateText, InstantText } from "../../parts/Time";
import { Sub } from "./Sub";

/** Extensions are offers to pay overdue fen later, and late interest that creditors gave up. */
export function Extensions(): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const of = params.get("of") === "waivers" ? "waivers" : "extensions";
  const maker = session.may("maker");
  return (
    <Page
      title={t("extensions.title")}
      sub={t("extensions.sub")}
      crumbs={[{ title: t("title"), to: "/clearing" }]}
      actions={
        <>
          {of === "extensions" && session.is("debtor") && maker && <LinkButton to="/clearing/extensions/new" primary testId="extension-new">{t("extensions.offer")}</LinkButton>}
          {of === "waivers" && session.is("holder", "funder") && maker && <LinkButton to="/clearing/extensions/waive" primary testId="waiver-new">{t("waivers.give")}</LinkButton>}
        </>
      }
      testId="extensions"
    >
      <Sub />
      <div className="stack">
        <Segmented
          value={of}
          onChange={(v) => setParams(v === "waivers" ? { of: "waivers" } : {}, { replace: true })}
          options={[{ value: "extensions", label: t("extensions.list") }, { value: "waivers", label: t("waivers.list") }]}
          aria-label={t("extensions.title")}
          data-testid="extensions-of"
        />
        {of === "extensions" ? <Offers /> : <Waivers />}
      </div>
    </Page>
  );
}

function Offers(): ReactElement {
  const { t } = useTranslation("clearing");
  const [all, setAll] = useState(false);
  const pages = usePages<Extension>("/v1/extensions", { all: all || undefined });
  const columns: Column<Extension>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (x) => <MemberName id={x.debtor} /> },
    { key: "certificate", title: t("certificate"), render: (x) => <CertificateLink number={x.certificate} short /> },
    { key: "from", title: t("extensions.from"), render: (x) => <DateText date={x.from} /> },
    { key: "payment", title: t("extensions.to"), render: (x) => <DateText date={x.payment} /> },
    { key: "extended", title: t("extensions.extended"), end: true, render: (x) => <Money amount={sumFen(x.parts.filter((p) => p.made !== null).map((p) => amountOf(p.interval)))} /> },
    { key: "until", title: t("extensions.until"), render: (x) => (x.closed ? t("extensions.closed") : <InstantText at={x.until} />) },
    { key: "reason", title: t("reason"), render: (x) => x.reason },
  ];
  return (
    <>
      <Checkbox checked={all} onChange={(e) => setAll(e.target.checked)} data-testid="extensions-all">{t("extensions.all")}</Checkbox>
      <PagedTable label={t("extensions.list")} columns={columns} pages={pages} rowKey={(x) => x.id} to={(x) => `/clearing/extensions/${encodeURIComponent(x.id)}`} empty={<EmptyState title={t("extensions.none")} hint={t("extensions.noneHint")} />} testId="extension-list" />
    </>
  );
}

function Waivers(): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const pages = usePages<Waiver>("/v1/waivers");
  const consent = (w: Waiver): ReactElement =>
    w.at !== null ? (
      <InstantText at={w.at} />
    ) : w.pledgee === session.member.id ? (
      <ActionButton label={t("waivers.consent")} disabled={session.may("maker") ? undefined : t("onlyMaker")} onClick={() => void sign({ ...call("clearing:ConsentToWaiver", { id: w.id }), facts: { amount: w.amount } })} testId={`waiver-consent-${w.id}`} />
    ) : (
      <span className="warn">{t("waivers.awaits")} <MemberName id={w.pledgee} /></span>
    );
  const columns: Column<Waiver>[] = [
    { key: "creditor", title: t("waivers.creditor"), phone: "title", render: (w) => <MemberName id={w.creditor} /> },
    { key: "debtor", title: t("debtor"), render: (w) => <MemberName id={w.debtor} /> },
    { key: "certificate", title: t("certificate"), render: (w) => (w.certificate ? <CertificateLink number={w.certificate} short /> : <span className="mono">{w.settlement}</span>) },
    { key: "fen", title: t("waivers.fen"), end: true, render: (w) => <Money amount={w.fen} /> },
    { key: "amount", title: t("waivers.amount"), end: true, render: (w) => <Money amount={w.amount} /> },
    { key: "reason", title: t("reason"), render: (w) => words.of("waiver", w.reason) },
    { key: "at", title: t("waivers.effect"), render: consent },
  ];
  return <PagedTable label={t("waivers.list")} columns={columns} pages={pages} rowKey={(w) => w.id} empty={<EmptyState title={t("waivers.none")} hint={t("waivers.noneHint")} />} testId="waiver-list" />;
}
