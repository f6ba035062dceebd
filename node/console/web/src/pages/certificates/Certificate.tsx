import { Select, Tabs } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router-dom";
import { useNames, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { parseFen, humanFen } from "../../lib/money";
import { parseInterval } from "../../lib/interval";
import { groupedNumber } from "../../lib/number";
import type { CertificateView } from "../../lib/records";
import { Download } from "../../parts/Download";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { Copy, MemberName } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { Reality } from "../../parts/Reality";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";
import { Worth } from "../../parts/Worth";
import { type WorthPart, standing } from "../../parts/value";
import { useIsPhone } from "../../parts/phone";
import { Actions } from "./Actions";
import { Evidence } from "./Evidence";
import { Holders } from "./Holders";
import { History } from "./History";
import { Lineage } from "./Lineage";
import { Rules } from "./Rules";

/** Certificate is the page of one certificate: is it real and what is it worth first, then everything that is known of it. */
export function Certificate(): ReactElement {
  const { t } = useTranslation("certificates");
  const { number = "" } = useParams();
  const today = useToday();
  const read = useRead<CertificateView>(`/v1/certificates/${encodeURIComponent(number)}`);
  const c = read.data;
  const names = useNames([c?.debtor]);
  return (
    <Page
      title={c ? t("one.title", { debtor: names(c.debtor), amount: humanFen(c.face) }) : t("one.plain")}
      sub={<span className="num">{groupedNumber(number)} <Copy text={number} label={t("one.copy")} /></span>}
      crumbs={[{ title: t("title"), to: "/certificates" }]}
      loading={read.isLoading || today === ""}
      error={read.error}
      onRetry={read.retry}
      actions={
        c && (c.state === "active" || c.state === "void") && ( // printed once somebody accepted it
          <Download path={`/v1/certificates/${c.number}/paper`} name={`${c.number}.pdf`} label={t("one.paper")} of={t("one.paperHint")} testId="certificate-paper" />
        )
      }
      testId="certificate"
    >
      {c && (
        <div className="stack">
          <Top certificate={c} today={today} />
          <Details certificate={c} />
        </div>
      )}
    </Page>
  );
}

/** Top answers who pays, when, whether it is real and what it is worth, and has the actions. */
function Top({ certificate: c, today }: { certificate: CertificateView; today: string }): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const mine = c.holdings.filter((h) => h.owner === session.member.id && !h.redeemed);
  const spans = mine.map((h) => parseInterval(h.interval));
  const held = mine.reduce((sum, h) => { const s = parseInterval(h.interval); return sum + s.to - s.from + 1n; }, 0n);
  const parts: WorthPart[] = mine.map((h) => {
    const s = parseInterval(h.interval);
    return { debtor: c.debtor, tier: h.tiers.at(-1)?.tier ?? 1, payment: h.claim.payment ?? c.payment, amount: s.to - s.from + 1n };
  });
  const worth = mine.length > 0 && (c.state === "active" || c.state === "issued") && today < c.payment;
  return (
    <div className="grid-two">
      <Panel title={t("one.real")}>
        <Reality parts={[{ certificate: c.number, spans: c.state === "active" ? spans : [] }]} />
      </Panel>
      <div className="stack">
        <Panel>
          <div className="stack">
            <div className="row-between">
              <div>
                <div className="soft small">{mine.length > 0 && held !== parseFen(c.face) ? t("one.yours") : t("facts.face")}</div>
                <Money amount={mine.length > 0 ? held : c.face} big withCapital testId="certificate-amount" />
              </div>
              <StateTag kind="certificate" state={standing(c, today)} testId="certificate-state" />
            </div>
            <Facts
              items={[
                { label: t("facts.debtor"), value: <MemberName id={c.debtor} link /> },
                { label: t("facts.payment"), value: <DateText date={c.payment} from={c.redeemed === c.face ? undefined : today} /> },
                c.state === "issued" && { label: t("facts.acceptBy"), value: c.acceptBy ? <InstantText at={c.acceptBy} /> : t("facts.suspended") },
              ]}
            />
            <Actions certificate={c} />
          </div>
        </Panel>
        {worth && (
          <Panel title={t("one.worth")}>
            <Worth parts={parts} to={c.state === "active" && session.may("maker") ? `/finance/new?certificate=${c.number}` : undefined} />
          </Panel>
        )}
      </div>
    </div>
  );
}

/** Details are the tabs below. */
function Details({ certificate }: { certificate: CertificateView }): ReactElement {
  const { t } = useTranslation("certificates");
  const [params, setParams] = useSearchParams();
  const tab = params.get("tab") ?? "facts";
  const phone = useIsPhone();
  const show = (key: string): void => setParams({ tab: key }, { replace: true });
  const items = [
    { key: "facts", label: t("tab.facts"), children: <AllFacts certificate={certificate} /> },
    { key: "holders", label: t("tab.holders"), children: <Holders certificate={certificate} /> },
    { key: "lineage", label: t("tab.lineage"), children: <Lineage number={certificate.number} face={certificate.face} /> },
    { key: "history", label: t("tab.history"), children: <History number={certificate.number} /> },
    { key: "evidence", label: t("tab.evidence"), children: <Evidence certificate={certificate} /> },
    { key: "rules", label: t("tab.rules"), children: <Rules number={certificate.number} /> },
  ];
  if (phone) {
    return (
      <section className="panel stack" aria-label={t("one.details")}>
        <Select value={tab} onChange={show} options={items.map((i) => ({ value: i.key, label: i.label }))} aria-label={t("one.details")} style={{ width: "100%" }} data-testid="certificate-tab" />
        {items.find((i) => i.key === tab)?.children}
      </section>
    );
  }
  return (
    <section className="panel" aria-label={t("one.details")}>
      <Tabs
        activeKey={tab}
        onChange={show}
        items={items.map((i) => ({ ...i, label: <span data-testid={`tab-${i.key}`}>{i.label}</span> }))}
        destroyOnHidden
      />
    </section>
  );
}

function AllFacts({ certificate: c }: { certificate: CertificateView }): ReactElement {
  const { t } = useTranslation("certificates");
  const some = (amount: string): ReactElement | null => (amount === "0.00" ? null : <Money amount={amount} />);
  return (
    <Facts
      testId="certificate-facts"
      items={[
        { label: t("facts.number"), value: <span className="num">{groupedNumber(c.number)}</span>, wide: true },
        { label: t("facts.face"), value: <Money amount={c.face} withCapital /> },
        { label: t("facts.debtor"), value: <MemberName id={c.debtor} withCode link /> },
        { label: t("facts.firstHolder"), value: <MemberName id={c.firstHolder} withCode link /> },
        { label: t("facts.issueDate"), value: <DateText date={c.issueDate} /> },
        { label: t("facts.maturity"), value: <DateText date={c.maturity} /> },
        { label: t("facts.payment"), value: <DateText date={c.payment} /> },
        { label: t("facts.reference"), value: c.reference },
        { label: t("facts.bank"), value: c.bank ? <MemberName id={c.bank} link /> : t("facts.noLine") },
        { label: t("facts.line"), value: c.line },
        { label: t("facts.issuedAt"), value: <InstantText at={c.issuedAt} exact /> },
        { label: c.state === "active" ? t("facts.acceptedAt") : t("facts.endedAt"), value: c.endedAt && <InstantText at={c.endedAt} exact /> },
        { label: t("facts.pieces"), value: String(c.pieces) },
        { label: t("facts.redeemed"), value: some(c.redeemed) },
        { label: t("facts.discount"), value: some(c.discount) },
        { label: t("facts.accrued"), value: some(c.accrued) },
        { label: t("facts.interestPaid"), value: some(c.interest) },
        { label: t("facts.waived"), value: some(c.waived) },
        { label: t("facts.extended"), value: some(c.extended) },
        { label: t("facts.extendedTo"), value: c.extendedTo && <DateText date={c.extendedTo} /> },
        { label: t("facts.lateRate"), value: c.lateRate === "0.0000" ? t("facts.lateStatutory") : `${c.lateRate} %` },
        { label: t("facts.pack"), value: String(c.pack) },
        { label: t("facts.green"), value: c.green ? t("facts.yes") : null },
      ]}
    />
  );
}
