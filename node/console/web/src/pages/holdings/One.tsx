import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useNames, useToday } from "../../app/query";
import { pathOf } from "../../app/paths";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { unlocked } from "../../lib/build";
import { amountOf, parseInterval } from "../../lib/interval";
import { humanFen, sumFen } from "../../lib/money";
import type { CertificateView, Holding, Lock } from "../../lib/records";
import { Download } from "../../parts/Download";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { Reality } from "../../parts/Reality";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";
import { Worth } from "../../parts/Worth";
import { neighbours, sizeOf, useHolding, whyNot } from "./holding";
import { joined } from "../../parts/joined";

/** One is the page of one holding: how much, when it is paid, what rests on it, and what can be done with it. */
export function One(): ReactElement {
  const { t } = useTranslation("holdings");
  const { number, certificate: c, holding: h, read } = useHolding();
  const names = useNames([c?.debtor]);
  const today = useToday();
  return (
    <Page
      title={c && h ? t("one.title", { debtor: names(c.debtor), amount: humanFen(sizeOf(h)) }) : t("one.plain")}
      sub={<CertificateLink number={number} />}
      crumbs={[{ title: t("title"), to: "/holdings" }]}
      loading={read.isLoading || today === ""}
      error={read.error}
      onRetry={read.retry}
      actions={
        c && h && <Download path={`/v1/certificates/${number}/holdings/${h.id}/paper`} name={`${number}-${h.id}.pdf`} label={t("one.paper")} testId="holding-paper" />
      }
      testId="holding"
    >
      {c && !h && <EmptyState title={t("one.gone")} hint={t("one.goneHint")} action={<LinkButton to="/holdings">{t("title")}</LinkButton>} />}
      {c && h && <Body certificate={c} holding={h} today={today} />}
    </Page>
  );
}

function Body({ certificate: c, holding: h, today }: { certificate: CertificateView; holding: Holding; today: string }): ReactElement {
  const { t } = useTranslation("holdings");
  const session = useSession();
  const payment = h.claim.payment ?? c.payment;
  const free = sumFen(unlocked(h).map((s) => s.to - s.from + 1n));
  const why = whyNot(c, h, today);
  const mine = h.owner === session.member.id;
  const state = h.redeemed ? "redeemed" : c.state === "active" && today > payment ? "overdue" : c.state;
  return (
    <div className="stack">
      <div className="grid-two">
        <Panel>
          <div className="stack">
            <div className="row-between">
              <Money amount={sizeOf(h)} big withCapital testId="holding-amount" />
              <StateTag kind="holding" state={state} testId="holding-state" />
            </div>
            <Facts
              items={[
                { label: t("debtor"), value: <MemberName id={c.debtor} link /> },
                { label: t("owner"), value: mine ? null : <MemberName id={h.owner} /> },
                { label: t("payment"), value: <DateText date={payment} from={h.redeemed ? undefined : today} /> },
                { label: t("free"), value: h.redeemed ? null : <Money amount={free} testId="holding-free" /> },
                { label: t("tier"), value: joined([...new Set(h.tiers.map((s) => s.tier))].sort((a, b) => a - b).map(String)) },
                { label: t("interval"), value: <span className="num">{h.interval}</span> },
                { label: t("since"), value: <InstantText at={h.since} /> },
                { label: t("redeemedAt"), value: h.redeemed && <InstantText at={h.redeemed} /> },
                { label: t("recourse"), value: h.claim.recourse ? <MemberName id={h.claim.recourse} /> : null },
                { label: t("guarantor"), value: h.claim.guarantor ? <MemberName id={h.claim.guarantor} /> : null },
                { label: t("financing"), value: h.claim.financing ? <Link to={`/finance/${h.claim.financing}`}>{h.claim.financing}</Link> : null },
              ]}
            />
            {mine && <Actions certificate={c} holding={h} why={why} />}
          </div>
        </Panel>
        <div className="stack">
          {mine && why === "" && free > 0n && (
            <Panel title={t("one.worth")}>
              <Worth
                parts={[{ debtor: c.debtor, tier: h.tiers.at(-1)?.tier ?? 1, payment, amount: free }]}
                to={session.may("maker") && session.is("holder") ? `/finance/new?certificate=${c.number}&holding=${h.id}` : undefined}
              />
            </Panel>
          )}
          <Panel title={t("one.locks")}>
            <Locks locks={h.locks} />
          </Panel>
        </div>
      </div>
      <Panel>
        <Reality parts={[{ certificate: c.number, spans: [parseInterval(h.interval)] }]} />
      </Panel>
    </div>
  );
}

function Actions({ certificate: c, holding: h, why }: { certificate: CertificateView; holding: Holding; why: string }): ReactElement {
  const { t } = useTranslation("holdings");
  const session = useSession();
  const at = `/holdings/${c.number}/${h.id}`;
  if (!session.may("maker")) return <p className="soft">{t("why.maker")}</p>;
  if (why !== "") return <Alert type="info" showIcon title={t(`why.${why}`)} data-testid="holding-why" />;
  const bank = h.claim.financing !== "";
  return (
    <div className="stack-tight">
      <div className="row">
        {session.is("holder") && !bank && (
          <>
            <LinkButton to={`/transfers/new?certificate=${c.number}&holding=${h.id}`} primary testId="holding-transfer">
              {t("do.transfer")}
            </LinkButton>
            <LinkButton to={`/finance/new?certificate=${c.number}&holding=${h.id}`} testId="holding-finance">
              {t("do.finance")}
            </LinkButton>
          </>
        )}
        <LinkButton to={`${at}/split`} testId="holding-split">
          {t("do.split")}
        </LinkButton>
        {neighbours(c, h).length > 1 && (
          <LinkButton to={`${at}/merge`} testId="holding-merge">
            {t("do.merge")}
          </LinkButton>
        )}
        {!bank && (
          <LinkButton to={`${at}/pledge`} testId="holding-pledge">
            {t("do.pledge")}
          </LinkButton>
        )}
      </div>
      {bank && <p className="soft small">{t("why.bank")}</p>}
    </div>
  );
}

/** Where a lock's reason is shown. */
function lockPath(lock: Lock): string | null {
  const kinds: Record<string, string> = {
    proposal: "proposal", offer: "transfer", financing: "financing", disbursing: "financing", pledge: "pledge", freeze: "order", clearing: "leg", recourse: "settlement", returned: "leg",
  };
  return pathOf(kinds[lock.kind] ?? "", lock.order);
}

function Locks({ locks }: { locks: Lock[] }): ReactElement {
  const { t } = useTranslation("holdings");
  const words = useWords();
  if (locks.length === 0) return <p className="soft">{t("one.noLocks")}</p>;
  return (
    <ul className="stack-tight" style={{ listStyle: "none", padding: 0 }} data-testid="holding-locks">
      {locks.map((l) => {
        const to = lockPath(l);
        return (
          <li key={`${l.kind}/${l.order}/${l.interval}`}>
            <span className="strong">{words.of("lock", l.kind)}</span> <Money amount={amountOf(l.interval)} /> <span className="soft small num">{l.interval}</span>
            <div className="small soft">
              {l.counterpart && <><MemberName id={l.counterpart} /> · </>}
              <InstantText at={l.at} /> {to && <Link to={to}>{t("one.lockWhy")}</Link>}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
