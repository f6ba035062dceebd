import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { select } from "../../lib/build";
import { parseInstant } from "../../lib/calendar";
import { parseFen } from "../../lib/money";
import type { FinancingView } from "../../lib/records";
import { CostFacts, StateLine, TermsFacts } from "../../parts/Deal";
import { Facts, Timeline, type TimelineItem } from "../../parts/Facts";
import { LegsTable } from "../../parts/LegsTable";
import { Money } from "../../parts/Money";
import { Copy, MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { ReasonButton } from "../../parts/ReasonButton";
import { SettlementActions } from "../../parts/SettlementActions";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { useNow, useParts } from "../../parts/deal";
import { After } from "./After";
import { Comparison } from "./Comparison";
import { Consents } from "./Consents";
import { type Seen, useQuotes } from "./quotes";

/** One is a financing from the request to its end, as its holder, its bank, a debtor or a guarantor sees it. */
export function One(): ReactElement {
  const { t } = useTranslation("finance");
  const { id = "" } = useParams();
  const session = useSession();
  const read = useRead<FinancingView>(`/v1/financings/${encodeURIComponent(id)}`);
  const f = read.data;
  const bank = f && session.is("funder") && f.holder !== session.member.id;
  return (
    <Page
      title={f ? t(f.state === "requested" ? "one.request" : "one.title") : t("one.title")}
      sub={f && t(`one.state.${f.state}`)}
      crumbs={[{ title: t("title"), to: "/finance" }]}
      actions={bank && <LinkButton to={`/bank/requests/${f.id}`} primary testId="to-desk">{t("one.desk")}</LinkButton>}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="financing"
    >
      {f && <Body financing={f} />}
    </Page>
  );
}

function Body({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("finance");
  const { member } = useSession();
  const agreed = f.funder !== "";
  const mine = f.holder === member.id;
  return (
    <div className="stack">
      <Panel>
        <div className="stack">
          <div className="row-between">
            <Money amount={f.amount} big withCapital testId="financing-amount" />
            <StateTag kind="financing" state={f.state} testId="financing-state" />
          </div>
          <StateLine financing={f} />
          <Facts
            testId="financing-facts"
            items={[
              { label: t("holder"), value: mine ? null : <MemberName id={f.holder} link /> },
              { label: t("one.debtors"), value: f.debtors.map((d) => <div key={d}><MemberName id={d} link /></div>) },
              agreed && { label: t("funder"), value: <MemberName id={f.funder} link /> },
              !agreed && { label: t("one.invited"), value: f.invited.length === 0 ? t("one.everyBank") : f.invited.map((b) => <div key={b}><MemberName id={b} /></div>) },
              { label: t("one.account"), value: f.account },
              f.state === "requested" && { label: t("one.quotesUntil"), value: f.quotesUntil && <InstantText at={f.quotesUntil} /> },
              f.settlement.lapsesAt !== null && { label: t("one.lapsesAt"), value: f.settlement.lapsesAt && <InstantText at={f.settlement.lapsesAt} /> },
              f.rate !== "" && { label: t("one.rate"), value: f.rate },
              parseFen(f.outstanding) > 0n && { label: t("outstanding"), value: <Money amount={f.outstanding} /> },
            ]}
          />
          {mine && <Cancel financing={f} />}
        </div>
      </Panel>
      {f.state === "requested" && mine && <Offers financing={f} />}
      <Consents financing={f} />
      {agreed && f.terms.kind && parseFen(f.cost.net) > 0n && (
        <div className="grid-two">
          <Panel title={t("one.cost")}><CostFacts cost={f.cost} /></Panel>
          <Panel title={t("one.terms")}><TermsFacts terms={f.terms} /></Panel>
        </div>
      )}
      {agreed && f.settlement.state !== "open" && parseFen(f.settlement.amount) > 0n && (
        <Panel title={t("one.payment")} actions={<LinkButton to={`/finance/settlements/${f.id}`}>{t("one.toSettlement")}</LinkButton>}>
          <SettlementActions settlement={f.settlement} noCancel />
        </Panel>
      )}
      <After financing={f} />
      <Panel title={t("one.fen", { count: f.settlement.legs.length })}>
        <LegsTable legs={f.settlement.legs} label={t("one.fen", { count: f.settlement.legs.length })} />
      </Panel>
      <Panel title={t("one.history")}><Timeline label={t("one.history")} items={useHistory(f)} /></Panel>
      <p className="soft small">
        {t("one.number")} <span className="mono">{f.id}</span> <Copy text={f.id} />
      </p>
    </div>
  );
}

function useHistory(f: FinancingView): TimelineItem[] {
  const { t } = useTranslation("finance");
  const items: (TimelineItem | false)[] = [
    { key: "requested", at: f.requestedAt, title: t(f.rate ? "history.taken" : "history.requested") },
    f.agreedAt !== null && { key: "agreed", at: f.agreedAt, title: t("history.agreed") },
    ...f.registrations.map((r): TimelineItem => ({ key: `r${r.sequence}`, at: r.signed.at, title: t(`history.${r.kind}`), body: r.number })),
    f.settlement.instruction.at !== null && { key: "instructed", at: f.settlement.instruction.at, title: t("history.instructed") },
    f.noticeAt !== null && { key: "notice", at: f.noticeAt, title: t("history.notice") },
    f.state === "disbursed" && { key: "paid", at: f.settlement.endedAt, title: t("history.paid"), body: f.settlement.adviceRef },
    f.endedAt !== null && { key: "ended", at: f.endedAt, title: t(`history.ended.${f.state}`), body: f.settlement.reason, mark: "soft" },
  ];
  return items.filter((i): i is TimelineItem => i !== false && i.at !== null);
}

/** Cancel takes the request or the agreement back, before the bank has instructed its payment. */
function Cancel({ financing: f }: { financing: FinancingView }): ReactElement | null {
  const { t } = useTranslation("finance");
  const session = useSession();
  const sign = useSign();
  if (!(f.state === "requested" || (f.state === "agreed" && ["open", "agreed"].includes(f.settlement.state)))) return null;
  return (
    <div>
      <ReasonButton
        label={t("cancel.label")}
        about={t("cancel.about")}
        usual={[t("cancel.noNeed"), t("cancel.tooDear")]}
        danger
        disabled={session.may("maker") ? undefined : t("onlyMaker")}
        onReason={(reason) => void sign({ ...call("settlement:Cancel", { id: f.id, reason }), facts: { amount: f.amount }, after: <p>{t("cancel.after")}</p> })}
        testId="financing-cancel"
      />
    </div>
  );
}

/** Offers are the quotes so far, opened in this browser; one of them is chosen. */
function Offers({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const sign = useSign();
  const now = useNow();
  const { parts, isLoading } = useParts(f.settlement.legs);
  const { seen, hasKey } = useQuotes(f, parts);
  const alive = (s: Seen): boolean => now === "" || parseInstant(s.quote.expires) > parseInstant(now);
  const choose = (s: Seen): void => {
    if (!s.opened || !s.cost || !parts) return;
    void sign({
      ...select(f.id, s.quote.bank, s.opened, parts),
      facts: { amount: s.cost.net, allIn: s.cost.allIn },
      note: <Comparison seen={seen.filter((o) => o.cost && (alive(o) || o === s))} chosen={s.quote.bank} />,
      after: <p>{t("quotes.after")}</p>,
    });
  };
  const off = session.may("maker") ? undefined : t("onlyMaker");
  const open = now !== "" && f.quotesUntil !== null && parseInstant(f.quotesUntil) > parseInstant(now);
  return (
    <Panel title={t("quotes.title")} testId="financing-quotes">
      <div className="stack">
        <p className="soft">{open ? t("quotes.about") : t("quotes.closed")}</p>
        {hasKey === false && <Alert type="warning" showIcon title={t("quotes.noKey")} description={t("quotes.noKeyHint")} data-testid="quotes-no-key" />}
        {f.quotes.length === 0 ? (
          <EmptyState title={t("quotes.none")} hint={t(open ? "quotes.noneHint" : "quotes.noneClosed")} action={!open && <Link to="/finance/new">{t("new.title")}</Link>} />
        ) : (
          hasKey !== null && !isLoading && <Comparison seen={seen} onChoose={choose} off={off} />
        )}
      </div>
    </Panel>
  );
}
