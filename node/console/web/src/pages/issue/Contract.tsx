import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { usePages, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { remaining } from "../../lib/build";
import type { Delivery, Invoice, TradeContract } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money, RateText } from "../../parts/Money";
import { Digest, MemberName } from "../../parts/Names";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { DateText, InstantText } from "../../parts/Time";
import { Checked } from "./Cover";
import { Files } from "./Files";

/** Contract is one trade contract with its deliveries and invoices. */
export function Contract(): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const words = useWords();
  const { id = "" } = useParams();
  const read = useRead<TradeContract>(`/v1/contracts/${encodeURIComponent(id)}`);
  const k = read.data;
  const maker = session.may("maker");
  const mine = !!k && (k.buyer === session.member.id || k.seller === session.member.id);
  return (
    <Page
      title={t("contract.one")}
      sub={k && <><MemberName id={k.buyer} /> — <MemberName id={k.seller} /></>}
      crumbs={[{ title: t("evidence.title"), to: "/evidence?of=contracts" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      actions={
        maker && mine && (
          <>
            {k.buyer === session.member.id && session.is("debtor") && <LinkButton to={`/issue?to=${k.seller}&contract=${encodeURIComponent(k.id)}`} primary testId="contract-issue">{t("contract.issue")}</LinkButton>}
            {k.buyer === session.member.id && <LinkButton to={`/issue/deliveries/new?contract=${encodeURIComponent(k.id)}`} testId="contract-delivery">{t("evidence.record.deliveries")}</LinkButton>}
            <LinkButton to={`/issue/invoices/new?contract=${encodeURIComponent(k.id)}`} testId="contract-invoice">{t("evidence.record.invoices")}</LinkButton>
          </>
        )
      }
      testId="contract"
    >
      {k && (
        <div className="stack">
          <Panel>
            <Facts
              items={[
                { label: t("buyer"), value: <><MemberName id={k.buyer} withCode link /> · {words.of("class", k.buyerClass)}</> },
                { label: t("seller"), value: <><MemberName id={k.seller} withCode link /> · {words.of("class", k.sellerClass)}</> },
                { label: t("contract.amount"), value: k.amount === "0.00" ? t("contract.framework") : <Money amount={k.amount} withCapital /> },
                { label: t("contract.signed"), value: <DateText date={k.signed} /> },
                { label: t("contract.term"), value: k.termDays > 0 ? t("contract.days", { days: k.termDays }) : t("contract.noTerm") },
                { label: t("contract.agreed"), value: t(k.agreed ? "yes" : "no") },
                { label: t("contract.lateRate"), value: Number(k.lateRate) > 0 ? <RateText rate={k.lateRate} /> : t("contract.statutory") },
                { label: t("recordedBy"), value: <><MemberName id={k.recordedBy} /> · <InstantText at={k.recorded} /></> },
                { label: t("contract.id"), value: <Digest value={k.id} /> },
                { label: t("document.digest"), value: <Digest value={k.document} /> },
              ]}
            />
          </Panel>
          <Below contract={k} />
          <Files kind="contract" id={k.id} document={k.document} />
        </div>
      )}
    </Page>
  );
}

function Below({ contract: k }: { contract: TradeContract }): ReactElement {
  const { t } = useTranslation("issue");
  const deliveries = usePages<Delivery>("/v1/deliveries", { contract: k.id }, 20);
  const invoices = usePages<Invoice>("/v1/invoices", {}, 200);
  const under = invoices.items.filter((i) => i.contract === k.id);
  const columns: Column<Invoice>[] = [
    { key: "fingerprint", title: t("invoice.fingerprint"), phone: "title", render: (i) => <span className="mono">{i.fingerprint.slice(0, 12)}</span> },
    { key: "date", title: t("invoice.date"), render: (i) => <DateText date={i.date} /> },
    { key: "amount", title: t("invoice.amount"), end: true, render: (i) => <Money amount={i.amount} /> },
    { key: "remaining", title: t("invoice.remaining"), end: true, render: (i) => <Money amount={remaining(i)} /> },
    { key: "checked", title: t("checked.title"), render: (i) => <Checked invoice={i} /> },
  ];
  return (
    <>
      <Panel title={t("evidence.of.deliveries")}>
        {deliveries.items.length === 0 && <p className="soft">{t("delivery.none")}</p>}
        {deliveries.items.map((d) => (
          <div key={d.id} className="row-between">
            <Link to={`/issue/deliveries/${encodeURIComponent(d.id)}`}><DateText date={d.accepted} /> · <span className="mono">{d.id.slice(0, 12)}</span></Link>
            <Money amount={d.amount} />
          </div>
        ))}
      </Panel>
      <Panel title={t("evidence.of.invoices")}>
        {under.length === 0 ? <p className="soft">{t("invoice.none")}</p> : <PagedTable label={t("evidence.of.invoices")} columns={columns} rows={under} rowKey={(i) => i.fingerprint} to={(i) => `/issue/invoices/${i.fingerprint}`} />}
      </Panel>
    </>
  );
}
