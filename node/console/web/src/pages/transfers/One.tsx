import { Collapse } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useNames, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { amountOf, parseInterval } from "../../lib/interval";
import { humanFen, parseFen } from "../../lib/money";
import type { CertificateView, Leg, Transfer } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, Copy, MemberName } from "../../parts/Names";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { Reality } from "../../parts/Reality";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";
import { Worth } from "../../parts/Worth";
import { useCertificates } from "../../parts/certificates";
import { sumText, type WorthPart } from "../../parts/value";
import { Covers } from "./Covers";
import { joined } from "../../parts/joined";

/** What a leg's fen are: who owes them, when they are paid, and at which tier they will be with the receiver. */
interface LegFacts extends WorthPart {
  leg: Leg;
}

/** One answers on one page who pays, when, whether it is real, and what it is worth; then one accepts or not. */
export function One(): ReactElement {
  const { t } = useTranslation("transfers");
  const { id = "" } = useParams();
  const session = useSession();
  const today = useToday();
  const read = useRead<Transfer>(`/v1/transfers/${encodeURIComponent(id)}`);
  const x = read.data;
  const certificates = useCertificates(x?.legs.map((l) => l.certificate) ?? []);
  const legs = x ? x.legs.map((leg) => factsOf(leg, certificates.found.get(leg.certificate), x.state === "offered")) : [];
  const names = useNames([x?.from, x?.to, ...legs.map((l) => l?.debtor)]);
  const incoming = x?.to === session.member.id;
  return (
    <Page
      title={x ? titleOf(x) : t("one")}
      sub={x && sentence(x)}
      crumbs={[{ title: t("title"), to: `/transfers${x && !incoming ? "?direction=sent" : ""}` }]}
      loading={read.isLoading || certificates.isLoading || today === ""}
      error={read.error}
      onRetry={read.retry}
      testId="transfer"
    >
      {x && <Body transfer={x} legs={legs.filter((l) => l !== null)} today={today} />}
    </Page>
  );

  function titleOf(of: Transfer): string {
    return incoming ? t("received", { from: names(of.from), amount: humanFen(of.amount) }) : t("sent", { to: names(of.to), amount: humanFen(of.amount) });
  }

  function sentence(of: Transfer): string {
    const known = legs.filter((l) => l !== null);
    const dates = [...new Set(known.map((l) => l.payment))].sort();
    const tier = Math.max(0, ...known.map((l) => l.tier));
    if (known.length === 0) return t("reference") + " " + of.reference;
    const debtors = joined([...new Set(known.map((l) => names(l.debtor)))]);
    return t("sentence", { debtor: debtors, date: dates.length > 1 ? `${dates[0]} – ${dates.at(-1)}` : dates[0], tier });
  }
}

/** factsOf finds a leg's fen in its certificate. Until it is accepted they are one tier above where the receiver will have them. */
function factsOf(leg: Leg, c: CertificateView | undefined, offered: boolean): LegFacts | null {
  if (!c) return null;
  const span = parseInterval(leg.interval);
  const holding = c.holdings.find((h) => parseInterval(h.interval).from <= span.from && span.from <= parseInterval(h.interval).to);
  let tier = 1;
  for (const s of holding?.tiers ?? []) {
    tier = Math.max(tier, s.tier);
    if (parseFen(s.to) >= span.to) break;
  }
  return { leg, debtor: c.debtor, payment: holding?.claim.payment ?? c.payment, amount: amountOf(leg.interval), tier: tier + (offered ? 1 : 0) };
}

function Body({ transfer: x, legs, today }: { transfer: Transfer; legs: LegFacts[]; today: string }): ReactElement {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const open = x.state === "offered";
  const incoming = x.to === session.member.id;
  const spans = new Map<string, LegFacts[]>();
  for (const l of legs) spans.set(l.leg.certificate, [...(spans.get(l.leg.certificate) ?? []), l]);
  const first = [...new Set(legs.map((l) => l.payment))].sort();
  return (
    <div className="stack">
      <div className="grid-two">
        <Panel>
          <div className="stack">
            <div className="row-between">
              <Money amount={x.amount} big withCapital testId="transfer-amount" />
              <StateTag kind="transfer" state={x.state} testId="transfer-state" />
            </div>
            <Facts
              testId="transfer-facts"
              items={[
                { label: t("whoPays"), value: <Each ids={legs.map((l) => l.debtor)} /> },
                { label: t("payment"), value: first.length > 1 ? `${first[0]} – ${first.at(-1)}` : <DateText date={first[0]} from={today} /> },
                { label: t("from"), value: <MemberName id={x.from} link /> },
                { label: t("to"), value: incoming ? null : <MemberName id={x.to} link /> },
                { label: t("reference"), value: x.reference },
                { label: t("offeredAt"), value: <InstantText at={x.offeredAt} /> },
                open ? { label: t("until"), value: x.lapsesAt ? <InstantText at={x.lapsesAt} /> : t("suspended") } : { label: t("endedAt"), value: <InstantText at={x.endedAt} exact /> },
              ]}
            />
            {open && incoming && <Answer transfer={x} />}
            {open && x.from === session.member.id && <Withdraw transfer={x} />}
            {x.state === "accepted" && incoming && <Next legs={legs} />}
          </div>
        </Panel>
        <div className="stack">
          {open && (
            <Panel title={t("real")}>
              <Reality parts={[...spans].map(([certificate, of]) => ({ certificate, spans: of.map((l) => parseInterval(l.leg.interval)) }))} own={x.id} />
            </Panel>
          )}
          {incoming && open && (
            <Panel title={t("worth")}>
              <Worth parts={legs} />
            </Panel>
          )}
        </div>
      </div>
      <Panel title={t("parts", { count: x.legs.length })}>
        <Legs transfer={x} legs={legs} />
      </Panel>
      <Panel title={t("covers.title")}>
        <Covers allocations={x.allocations} />
      </Panel>
      <p className="soft small">
        {t("number")} <span className="mono">{x.id}</span> <Copy text={x.id} />
      </p>
    </div>
  );
}

function Each({ ids }: { ids: string[] }): ReactElement {
  const all = [...new Set(ids)];
  return (
    <>
      {all.map((id) => (
        <div key={id} className="strong">
          <MemberName id={id} link />
        </div>
      ))}
    </>
  );
}

/** What the dialog for signing says of a transfer that the argument only names. */
function useFacts(x: Transfer): { amount: string; lines: { label: string; text: string; strong?: boolean }[] } {
  const { t } = useTranslation("transfers");
  const names = useNames([x.from, x.to]);
  return { amount: x.amount, lines: [{ label: t("from"), text: names(x.from), strong: true }, { label: t("to"), text: names(x.to) }, { label: t("reference"), text: x.reference }] };
}

function Answer({ transfer: x }: { transfer: Transfer }): ReactElement {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const sign = useSign();
  const facts = useFacts(x);
  const off = session.may("maker") ? undefined : t("do.onlyMaker");
  return (
    <div className="stack-tight" data-testid="transfer-answer">
      <p className="soft">{t("do.acceptHint")}</p>
      <ActionButton
        label={t("do.accept")}
        primary
        block
        disabled={off}
        onClick={() => void sign({ ...call("certificate:AcceptTransfer", { id: x.id }), facts, after: <AfterAccept /> })}
        testId="transfer-accept"
      />
      <ReasonButton
        label={t("do.reject")}
        about={t("do.rejectHint")}
        usual={[t("do.wrongAmount"), t("do.wrongTerm"), t("do.notAgreed")]}
        danger
        block
        disabled={off}
        onReason={(reason) => void sign({ ...call("certificate:RejectTransfer", { id: x.id, reason }), facts })}
        testId="transfer-reject"
      />
      {off && <p className="soft small">{off}</p>}
    </div>
  );
}

function AfterAccept(): ReactElement {
  const { t } = useTranslation("transfers");
  return (
    <p>
      {t("do.acceptedNext")} <Link to="/holdings">{t("do.toHoldings")}</Link>
    </p>
  );
}

function Withdraw({ transfer: x }: { transfer: Transfer }): ReactElement {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const sign = useSign();
  const facts = useFacts(x);
  return (
    <div className="stack-tight">
      <p className="soft">{t("do.withdrawHint")}</p>
      <div>
        <ActionButton
          label={t("do.withdraw")}
          danger
          disabled={session.may("maker") ? undefined : t("do.onlyMaker")}
          onClick={() => void sign({ ...call("certificate:WithdrawTransfer", { id: x.id }), facts })}
          testId="transfer-withdraw"
        />
      </div>
    </div>
  );
}

/** Next is what the receiver can do with what it accepted. */
function Next({ legs }: { legs: LegFacts[] }): ReactElement {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const number = legs[0]?.leg.certificate;
  return (
    <div className="stack-tight">
      <p className="soft">{t("do.acceptedNext")}</p>
      <div className="row">
        <LinkButton to="/holdings" testId="transfer-to-holdings">
          {t("do.toHoldings")}
        </LinkButton>
        {number && session.may("maker") && (
          <LinkButton to={`/finance/new?certificate=${number}`} primary testId="transfer-finance">
            {t("do.finance")}
          </LinkButton>
        )}
      </div>
    </div>
  );
}

function Legs({ transfer: x, legs }: { transfer: Transfer; legs: LegFacts[] }): ReactElement {
  const { t } = useTranslation("transfers");
  const rows = (
    <ul className="stack-tight" style={{ listStyle: "none", padding: 0 }} data-testid="transfer-legs">
      {x.legs.map((leg) => {
        const facts = legs.find((l) => l.leg === leg);
        return (
          <li key={`${leg.certificate}/${leg.interval}`} className="row-between" style={{ flexWrap: "nowrap", alignItems: "flex-start" }}>
            <span>
              {facts && <MemberName id={facts.debtor} />} <CertificateLink number={leg.certificate} short />
              {facts && <span className="soft small"> {t("legNote", { tier: facts.tier, date: facts.payment })}</span>}
            </span>
            <Money amount={amountOf(leg.interval)} />
          </li>
        );
      })}
      <li className="row-between strong">
        <span>{t("sum")}</span>
        <Money amount={sumText([x.amount])} />
      </li>
    </ul>
  );
  if (x.legs.length <= 10) return rows;
  return <Collapse items={[{ key: "legs", label: t("partsAll", { count: x.legs.length }), children: rows }]} />;
}
