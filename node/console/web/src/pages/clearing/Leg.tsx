import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { amountOf } from "../../lib/interval";
import { parseFen } from "../../lib/money";
import type { LegView } from "../../lib/records";
import { Facts, Timeline, type TimelineItem } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, Copy, Digest, MemberName } from "../../parts/Names";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { SettlementActions } from "../../parts/SettlementActions";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { LegActions } from "./LegActions";

/** Leg is one payment of a run with what banks said of it. Its id is the payment's end-to-end identification. */
export function Leg(): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const { id = "" } = useParams();
  const read = useRead<LegView>(`/v1/legs/${encodeURIComponent(id)}`);
  const leg = read.data;
  return (
    <Page
      title={t("leg1.title")}
      sub={leg && <><span className="mono">{leg.id}</span> <Copy text={leg.id} /> {words.of("purpose", leg.purpose)}</>}
      crumbs={[{ title: t("title"), to: "/clearing" }, ...(leg ? [{ title: t("run.short"), to: `/clearing/${encodeURIComponent(leg.run)}` }] : [])]}
      actions={leg && <LinkButton to={`/clearing/${encodeURIComponent(leg.run)}`} testId="to-run">{t("leg1.toRun")}</LinkButton>}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="leg"
    >
      {leg && <Body leg={leg} />}
    </Page>
  );
}

function Body({ leg }: { leg: LegView }): ReactElement {
  const { t } = useTranslation("clearing");
  const { member, is } = useSession();
  const bank = is("funder") && [leg.payerBank, leg.payeeBank].includes(member.id);
  return (
    <div className="stack">
      <Panel>
        <div className="stack">
          <div className="row-between">
            <Money amount={leg.amount} big withCapital testId="leg-amount" />
            <StateTag kind="settlement" state={leg.state} testId="leg-state" />
          </div>
          <p className="soft">{t(`leg1.state.${leg.state}`)}</p>
          <LegFacts leg={leg} />
        </div>
      </Panel>
      {(bank || member.id === leg.payer || member.id === leg.payee) && (
        <Panel title={t("leg1.todo")} testId="leg-todo">{bank || leg.kept || leg.state === "agreed" ? <LegActions leg={leg} /> : <SettlementActions settlement={leg} noCancel />}</Panel>
      )}
      {leg.advice && (
        <Panel title={t("leg1.advice")} testId="leg-advice">
          <Facts
            items={[
              { label: t("leg1.adviceBank"), value: <MemberName id={leg.advice.bank} /> },
              { label: t("reference"), value: <span className="mono">{leg.advice.reference}</span> },
              { label: t("amount"), value: <Money amount={leg.advice.amount} /> },
              { label: t("leg1.credited"), value: <InstantText at={leg.advice.credited} exact /> },
            ]}
          />
        </Panel>
      )}
      {leg.legs.length > 0 && (
        <Panel title={t("leg1.fen")}>
          <PagedTable
            label={t("leg1.fen")}
            columns={[
              { key: "certificate", title: t("certificate"), phone: "title", render: (l) => <CertificateLink number={l.certificate} short /> },
              { key: "interval", title: t("interval"), render: (l) => <span className="num">{l.interval}</span> },
              { key: "amount", title: t("amount"), end: true, render: (l) => <Money amount={amountOf(l.interval)} /> },
            ]}
            rows={leg.legs}
            rowKey={(l) => `${l.certificate}/${l.interval}`}
          />
        </Panel>
      )}
      <Panel title={t("leg1.history")}><Timeline label={t("leg1.history")} items={useHistory(leg)} /></Panel>
    </div>
  );
}

function LegFacts({ leg }: { leg: LegView }): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const today = useToday();
  const stale = leg.staleAt !== null && today !== "" && leg.staleAt.slice(0, 10) < today && ["instructed", "accepted"].includes(leg.state);
  const other = (id: string): ReactElement => <Link to={`/clearing/legs/${encodeURIComponent(id)}`} className="mono">{id}</Link>;
  return (
    <Facts
      testId="leg-facts"
      items={[
        { label: t("payer"), value: <MemberName id={leg.payer} link /> },
        { label: t("payerAccount"), value: <>{leg.payerAccount} · <MemberName id={leg.payerBank} /></> },
        { label: t("payee"), value: <MemberName id={leg.payee} link /> },
        { label: t("payeeAccount"), value: leg.payeeAccount ? <>{leg.payeeAccount} · <MemberName id={leg.payeeBank} /></> : <span className="warn">{t("leg1.noAccount")}</span> },
        leg.owner !== "" && leg.owner !== leg.payee && { label: t("leg1.owner"), value: <MemberName id={leg.owner} link /> },
        { label: t("leg1.effect"), value: words.of("effect", leg.effect) },
        leg.round > 0 && { label: t("rounds.number"), value: String(leg.round) },
        leg.kept && { label: t("leg1.kept"), value: <span className="warn">{leg.reason || t("sums.kept")}</span> },
        leg.disputedAt !== null && { label: t("legs.disputed"), value: <span className="bad">{leg.dispute}</span> },
        stale && { label: t("leg1.stale"), value: <InstantText at={leg.staleAt} /> },
        parseFen(leg.ordered) > 0n && { label: t("leg1.ordered"), value: <Money amount={leg.ordered} /> },
        parseFen(leg.excess) > 0n && { label: t("leg1.excess"), value: <Money amount={leg.excess} /> },
        leg.lateDays > 0 && { label: t("leg1.late"), value: t("leg1.lateDays", { days: leg.lateDays }) },
        leg.follows !== "" && { label: t("leg1.follows"), value: other(leg.follows) },
        leg.then !== "" && { label: t("leg1.then"), value: other(leg.then) },
        leg.pledge !== "" && { label: t("leg1.pledge"), value: <Link to={`/holdings/pledges/${encodeURIComponent(leg.pledge)}`} className="mono">{leg.pledge}</Link> },
        leg.financing !== "" && { label: t("leg1.financing"), value: <Link to={`/finance/${encodeURIComponent(leg.financing)}`} className="mono">{leg.financing}</Link> },
        leg.directed !== "" && { label: t("leg1.directed"), value: <Link to={`/bank/orders/${encodeURIComponent(leg.directed)}`} className="mono">{leg.directed}</Link> },
        leg.evidence !== null && { label: t("leg1.evidence"), value: <Digest value={leg.evidence} /> },
      ]}
    />
  );
}

function useHistory(leg: LegView): TimelineItem[] {
  const { t } = useTranslation("clearing");
  const items: (TimelineItem | false)[] = [
    { key: "made", at: leg.at, title: t("history.made") },
    leg.instruction.at !== null && { key: "instructed", at: leg.instruction.at, title: t("history.instructed"), body: <MemberName id={leg.instruction.member} /> },
    leg.acceptance.at !== null && { key: "accepted", at: leg.acceptance.at, title: t("history.accepted"), body: <MemberName id={leg.acceptance.member} /> },
    leg.disputedAt !== null && { key: "disputed", at: leg.disputedAt, title: t("history.disputed"), body: leg.dispute, mark: "warn" },
    leg.endedAt !== null && {
      key: "ended",
      at: leg.endedAt,
      title: t(`leg1.state.${leg.state}`),
      body: leg.reason || leg.adviceRef,
      mark: leg.state === "settled" ? "good" : leg.state === "cancelled" ? "soft" : "bad",
    },
  ];
  return items.filter((i): i is TimelineItem => i !== false);
}
