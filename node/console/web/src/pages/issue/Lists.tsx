import { Checkbox, Segmented } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { remaining } from "../../lib/build";
import type { Delivery, Invoice, TradeContract } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { DateText } from "../../parts/Time";
import { Checked } from "./Cover";

type Of = "invoices" | "contracts" | "deliveries";

/** Lists are the invoices, contracts and deliveries that concern the member. */
export default function Lists(): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const wanted = params.get("of");
  const of: Of = wanted === "contracts" || wanted === "deliveries" ? wanted : "invoices";
  const records = session.may("maker") && session.is("debtor", "holder");
  return (
    <Page
      title={t("evidence.title")}
      sub={t("evidence.sub")}
      actions={records && <LinkButton to={`/issue/${of}/new`} primary testId="evidence-new">{t(`evidence.record.${of}`)}</LinkButton>}
      testId="evidence"
    >
      <div className="stack">
        <Segmented
          value={of}
          onChange={(v) => setParams({ of: String(v) }, { replace: true })}
          options={(["invoices", "contracts", "deliveries"] as const).map((v) => ({ value: v, label: t(`evidence.of.${v}`) }))}
          aria-label={t("evidence.title")}
          data-testid="evidence-of"
        />
        {of === "invoices" ? <Invoices /> : of === "contracts" ? <Contracts /> : <Deliveries />}
      </div>
    </Page>
  );
}

function Invoices(): ReactElement {
  const { t } = useTranslation("issue");
  const [params, setParams] = useSearchParams();
  const open = params.get("open") === "true";
  const pages = usePages<Invoice>("/v1/invoices", { open: open || undefined });
  const columns: Column<Invoice>[] = [
    { key: "seller", title: t("seller"), phone: "title", render: (i) => <MemberName id={i.seller} /> },
    { key: "buyer", title: t("buyer"), render: (i) => <MemberName id={i.buyer} /> },
    { key: "fingerprint", title: t("invoice.fingerprint"), phone: "hide", render: (i) => <span className="mono">{i.fingerprint.slice(0, 12)}</span> },
    { key: "date", title: t("invoice.date"), render: (i) => <DateText date={i.date} /> },
    { key: "amount", title: t("invoice.amount"), end: true, render: (i) => <Money amount={i.amount} /> },
    { key: "remaining", title: t("invoice.remaining"), end: true, render: (i) => <Money amount={remaining(i)} /> },
    { key: "checked", title: t("checked.title"), render: (i) => <Checked invoice={i} /> },
  ];
  return (
    <>
      <Checkbox checked={open} onChange={(e) => setParams(e.target.checked ? { of: "invoices", open: "true" } : { of: "invoices" }, { replace: true })} data-testid="invoices-open">
        {t("invoice.onlyOpen")}
      </Checkbox>
      <PagedTable
        label={t("evidence.of.invoices")}
        columns={columns}
        pages={pages}
        rowKey={(i) => i.fingerprint}
        to={(i) => `/issue/invoices/${i.fingerprint}`}
        empty={<EmptyState title={t("invoice.none")} hint={t("invoice.noneHint")} />}
        testId="invoice-list"
      />
    </>
  );
}

function Contracts(): ReactElement {
  const { t } = useTranslation("issue");
  const pages = usePages<TradeContract>("/v1/contracts");
  const columns: Column<TradeContract>[] = [
    { key: "seller", title: t("seller"), phone: "title", render: (k) => <MemberName id={k.seller} /> },
    { key: "buyer", title: t("buyer"), render: (k) => <MemberName id={k.buyer} /> },
    { key: "id", title: t("contract.id"), phone: "hide", render: (k) => <span className="mono">{k.id.slice(0, 16)}</span> },
    { key: "signed", title: t("contract.signed"), render: (k) => <DateText date={k.signed} /> },
    { key: "amount", title: t("contract.amount"), end: true, render: (k) => (k.amount === "0.00" ? t("contract.framework") : <Money amount={k.amount} />) },
    { key: "term", title: t("contract.term"), end: true, render: (k) => (k.termDays > 0 ? t("contract.days", { days: k.termDays }) : null) },
  ];
  return (
    <PagedTable
      label={t("evidence.of.contracts")}
      columns={columns}
      pages={pages}
      rowKey={(k) => k.id}
      to={(k) => `/issue/contracts/${encodeURIComponent(k.id)}`}
      empty={<EmptyState title={t("contract.none")} hint={t("contract.noneHint")} />}
      testId="contract-list"
    />
  );
}

function Deliveries(): ReactElement {
  const { t } = useTranslation("issue");
  const pages = usePages<Delivery>("/v1/deliveries");
  const columns: Column<Delivery>[] = [
    { key: "seller", title: t("seller"), phone: "title", render: (d) => <MemberName id={d.seller} /> },
    { key: "buyer", title: t("buyer"), render: (d) => <MemberName id={d.buyer} /> },
    { key: "accepted", title: t("delivery.accepted"), render: (d) => <DateText date={d.accepted} /> },
    { key: "amount", title: t("delivery.amount"), end: true, render: (d) => <Money amount={d.amount} /> },
    { key: "contract", title: t("contract.id"), phone: "hide", render: (d) => <span className="mono">{d.contract.slice(0, 16)}</span> },
  ];
  return (
    <PagedTable
      label={t("evidence.of.deliveries")}
      columns={columns}
      pages={pages}
      rowKey={(d) => d.id}
      to={(d) => `/issue/deliveries/${encodeURIComponent(d.id)}`}
      empty={<EmptyState title={t("delivery.none")} hint={t("delivery.noneHint")} />}
      testId="delivery-list"
    />
  );
}
