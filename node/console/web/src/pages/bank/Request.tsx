import { Alert, Button } from "antd";
import { type ReactElement, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { parseInstant } from "../../lib/calendar";
import { parseInterval } from "../../lib/interval";
import { parseFen } from "../../lib/money";
import { isCode } from "../../lib/problem";
import type { FinancingView, Page as PageOf, Quote } from "../../lib/records";
import { CostFacts, StateLine, TermsFacts } from "../../parts/Deal";
import { Facts } from "../../parts/Facts";
import { LegsTable } from "../../parts/LegsTable";
import { Money } from "../../parts/Money";
import { Copy, Digest, MemberName } from "../../parts/Names";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Reality } from "../../parts/Reality";
import { ActionButton } from "../../parts/ReasonButton";
import { SettlementActions } from "../../parts/SettlementActions";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { useNow } from "../../parts/deal";
import { FactGroups, OutcomeTag, Reasons } from "./Outcome";
import { QuoteForm } from "./QuoteForm";
import { Registry } from "./Registry";
import { Resell } from "./Resell";
import { asideOf, putAside } from "./aside";
import type { Decided } from "./policy";

/** Request is one financing at the bank's desk: what is asked, what the policy says, the quote, then registry and payment. */
export function Request(): ReactElement {
  const { t } = useTranslation("bank");
  const { id = "" } = useParams();
  const session = useSession();
  const read = useRead<FinancingView>(`/v1/financings/${encodeURIComponent(id)}`);
  const f = read.data;
  return (
    <Page
      title={t("request.title")}
      sub={f && <><MemberName id={f.holder} link /> · {t("request.asks")} <Money amount={f.amount} /></>}
      crumbs={[{ title: t("requests.title"), to: "/bank" }]}
      actions={f && <LinkButton to={`/finance/${f.id}`} testId="to-financing">{t("request.whole")}</LinkButton>}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="bank-request"
    >
      {f && (session.is("funder") ? <Body financing={f} /> : <Alert type="info" showIcon title={t("onlyBank")} />)}
    </Page>
  );
}

function Body({ financing: f }: { financing: FinancingView }): ReactElement {
  const session = useSession();
  const asked = f.state === "requested";
  const mine = f.funder === session.member.id;
  return (
    <div className="stack">
      <Head financing={f} />
      {asked && <Asked financing={f} />}
      {mine && (
        <>
          <Registry financing={f} />
          <Payment financing={f} />
          {parseFen(f.cost.net) > 0n && <Deal financing={f} />}
          {f.state === "disbursed" && <Resell financing={f} />}
        </>
      )}
      <Fen financing={f} />
    </div>
  );
}

function Head({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("bank");
  return (
    <Panel>
      <div className="stack">
        <div className="row-between">
          <Money amount={f.amount} big withCapital testId="request-amount" />
          <StateTag kind="financing" state={f.state} testId="request-state" />
        </div>
        <StateLine financing={f} />
        <Facts
          items={[
            { label: t("holder"), value: <MemberName id={f.holder} withCode link /> },
            { label: t("debtors"), value: f.debtors.map((d) => <div key={d}><MemberName id={d} link /></div>) },
            { label: t("requestedAt"), value: f.requestedAt && <InstantText at={f.requestedAt} /> },
            f.state === "requested" && { label: t("quotesUntil"), value: f.quotesUntil && <InstantText at={f.quotesUntil} /> },
            { label: t("lapsesAt"), value: f.settlement.lapsesAt && <InstantText at={f.settlement.lapsesAt} /> },
            parseFen(f.outstanding) > 0n && { label: t("outstanding"), value: <Money amount={f.outstanding} /> },
            f.duty !== null && { label: t("duty"), value: <>{t(`dutyOf.${f.duty}`)} <InstantText at={f.dutyBy} /></> },
            { label: t("number"), value: <><span className="mono">{f.id}</span> <Copy text={f.id} /></> },
          ]}
        />
      </div>
    </Panel>
  );
}

/** Asked is a request that takes quotes: the policy's word, whether the fen are real, and the quote. */
function Asked({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const now = useNow();
  const decided = useDecision(f);
  const own = f.quotes.find((q) => q.bank === session.member.id);
  const open = f.quotesUntil !== null && (now === "" || parseInstant(f.quotesUntil) > parseInstant(now));
  const standing = own?.state === "sealed";
  return (
    <>
      <div className="grid-two">
        <Panel title={t("policySays")} testId="request-policy">
          <div className="stack">
            {!session.viewer.ownNode && <p className="soft">{t("policy.elsewhere")}</p>}
            {decided.error !== null && (isCode(decided.error, "NOT_FOUND") ? <p className="soft">{t("policy.none")} · <Link to="/bank/policy">{t("policy.add")}</Link></p> : <ProblemBox error={decided.error} />)}
            {decided.value && (
              <>
                <div className="row"><OutcomeTag outcome={decided.value.outcome} /> <span className="soft small">{t("policy.version", { number: decided.value.version })}</span></div>
                <p>{t(`policy.next.${decided.value.outcome}`)}</p>
                <Reasons decided={decided.value} />
                <details open={decided.value.outcome === "refer"}>
                  <summary>{t("policy.facts")}</summary>
                  <div style={{ marginTop: 12 }}><FactGroups facts={decided.value.facts} /></div>
                </details>
              </>
            )}
          </div>
        </Panel>
        <Panel title={t("request.real")}>
          <Reality parts={f.settlement.legs.map((l) => ({ certificate: l.certificate, spans: [parseInterval(l.interval)] }))} own={f.id} />
        </Panel>
      </div>
      {own && own.state !== "expired" && <Own quote={own} />}
      {!standing && open && (decided.value || !decided.isLoading) && <QuoteForm key={decided.value?.number ?? 0} financing={f} decided={decided.value} />}
      {!open && !standing && <Alert type="info" showIcon title={t("request.closed")} />}
      {!standing && <Aside id={f.id} />}
    </>
  );
}

interface DecisionRead {
  value: Decided | null;
  isLoading: boolean;
  error: unknown;
}

/** useDecision reads the policy's decision on a request, and has it decide when it has not; the answer is kept at the node. */
function useDecision(f: FinancingView): DecisionRead {
  const session = useSession();
  const refresh = useRefresh();
  const own = session.viewer.ownNode && session.is("funder");
  const { data, isLoading } = useRead<PageOf<Decided>>(own ? "/v1/policy/decisions" : null, { financing: f.id });
  const [error, setError] = useState<unknown>(null);
  const asked = useRef(false);
  const none = own && data?.items.length === 0;
  const may = session.may("maker", "reviewer");
  useEffect(() => {
    if (!none || !may || asked.current) return;
    asked.current = true;
    session.api.post<Decided>("/v1/policy/decisions", { financing: f.id }).then(() => refresh(), setError);
  }, [none, may, session, f.id, refresh]);
  return { value: data?.items.at(-1) ?? null, isLoading: isLoading || (none === true && may && error === null), error };
}

function Own({ quote: q }: { quote: Quote }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  return (
    <Panel title={t("ownQuote")} testId="own-quote">
      <div className="stack">
        <Facts
          items={[
            { label: t("state"), value: <StateTag kind="quote" state={q.state} testId="own-quote-state" /> },
            { label: t("quote.expires"), value: q.expires && <InstantText at={q.expires} /> },
            { label: t("quote.account"), value: q.account },
            { label: t("quote.reserved"), value: q.reserved.map((r) => <div key={`${r.of}/${r.member}`}><MemberName id={r.member} /> · <Money amount={r.amount} /></div>) },
            { label: t("quote.seal"), value: <Digest value={q.seal} /> },
            { label: t("quote.by"), value: q.signed.person },
          ]}
        />
        {q.state === "sealed" && (
          <>
            <p className="soft">{t("quote.waits")}</p>
            <div>
              <ActionButton label={t("quote.withdraw")} danger disabled={session.may("maker") ? undefined : t("onlyMaker")} onClick={() => void sign(call("financing:WithdrawQuote", { id: q.financing }))} testId="quote-withdraw" />
            </div>
          </>
        )}
      </div>
    </Panel>
  );
}

/** Aside takes a request out of the list: a bank that does not quote need not say so, and the request lapses by itself. */
function Aside({ id }: { id: string }): ReactElement {
  const { t } = useTranslation("bank");
  const { identity } = useSession();
  const [on, setOn] = useState(asideOf(identity.kid).includes(id));
  const change = (): void => {
    putAside(identity.kid, id, !on);
    setOn(!on);
  };
  return (
    <Panel title={t("aside.title")}>
      <p className="soft">{t("aside.about")}</p>
      <Button style={{ marginTop: 12 }} onClick={change} data-testid="request-aside">{t(on ? "aside.back" : "aside.put")}</Button>
    </Panel>
  );
}

function Payment({ financing: f }: { financing: FinancingView }): ReactElement | null {
  const { t } = useTranslation("bank");
  const session = useSession();
  const s = f.settlement;
  if (s.state === "open") return null;
  const share = parseFen(f.cost.debtorInterest) + parseFen(f.cost.debtorFee) > 0n;
  const notYet = f.searched === null
    ? t("pay.searchFirst")
    : f.registered === ""
      ? t("pay.registerFirst")
      : f.terms.guarantor !== "" && f.guarantorSigned.at === null
        ? t("pay.guarantorFirst")
        : share && f.debtorSigned.at === null
          ? t("pay.debtorFirst")
          : undefined;
  return (
    <Panel title={t("pay.title")} actions={<LinkButton to={`/finance/settlements/${s.id}`}>{t("pay.whole")}</LinkButton>} testId="request-payment">
      <div className="stack">
        <Facts
          items={[
            { label: t("pay.amount"), value: <span className="strong"><Money amount={s.amount} testId="payment-amount" /></span> },
            { label: t("pay.from"), value: <><MemberName id={s.payer} /> · {s.payerAccount} · <MemberName id={s.payerBank} /></> },
            { label: t("pay.to"), value: <><MemberName id={s.payee} /> · {s.payeeAccount} · <MemberName id={s.payeeBank} /></> },
            { label: t("state"), value: <StateTag kind="settlement" state={s.state} testId="payment-state" /> },
            { label: t("pay.reference"), value: s.adviceRef },
          ]}
        />
        <SettlementActions settlement={s} notYet={s.payerBank === session.member.id && s.state === "agreed" ? notYet : undefined} />
      </div>
    </Panel>
  );
}

function Deal({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("bank");
  return (
    <div className="grid-two">
      <Panel title={t("request.cost")}><CostFacts cost={f.cost} /></Panel>
      <Panel title={t("request.terms")}><TermsFacts terms={f.terms} /></Panel>
    </div>
  );
}

function Fen({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("bank");
  return (
    <Panel title={t("request.fen", { count: f.settlement.legs.length })}>
      <LegsTable legs={f.settlement.legs} label={t("request.fen", { count: f.settlement.legs.length })} />
    </Panel>
  );
}
