import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { currentLanguage } from "../../app/i18n";
import { useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { partsOf, takeRate } from "../../lib/build";
import { termsTaken } from "../../lib/cost";
import { fenText } from "../../lib/money";
import type { DiscountOffer, Leg, Page, PostedRate } from "../../lib/records";
import { type Picked, legsOf } from "../../parts/HoldingPicker";
import { AllInHelp, CostFacts } from "../../parts/Deal";
import { Money, RateText } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { costIn } from "../../parts/deal";
import { type WorthOffer, type WorthPart, worthOf } from "../../parts/value";

interface AtOnceProps {
  picked: Picked[];
  ready: boolean;
  account: string;
}

/** AtOnce lists who would pay for what was picked without being asked: banks that post a rate, the debtor that pays early. */
export function AtOnce({ picked, ready, account }: AtOnceProps): ReactElement {
  const { t } = useTranslation("finance");
  const today = useToday();
  const rates = useRead<Page<PostedRate>>("/v1/rates", { limit: 200 });
  const discounts = useRead<Page<DiscountOffer>>("/v1/discounts", { limit: 200 });
  const parts: WorthPart[] = picked.map((p) => ({ debtor: p.row.debtor, tier: p.row.tier, payment: p.row.payment, amount: p.amount ?? 0n }));
  const offers = ready ? worthOf(parts, rates.data?.items ?? [], discounts.data?.items ?? [], today) : [];
  return (
    <Panel title={t("once.title")} testId="finance-at-once">
      <div className="stack">
        <p className="soft">{t("once.about")}</p>
        {!ready ? (
          <p className="soft">{t("new.first.amount")}</p>
        ) : offers.length === 0 ? (
          <p className="soft">{t("once.none")}</p>
        ) : (
          <Offers offers={offers} picked={picked} account={account} rates={rates.data?.items ?? []} today={today} />
        )}
      </div>
    </Panel>
  );
}

interface OffersProps {
  offers: WorthOffer[];
  picked: Picked[];
  account: string;
  rates: PostedRate[];
  today: string;
}

function Offers({ offers, picked, account, rates, today }: OffersProps): ReactElement {
  const { t } = useTranslation("finance");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState("");
  const take = async (offer: WorthOffer): Promise<void> => {
    setBusy(`${offer.by}/${offer.id}`);
    setError(null);
    try {
      const legs = await legsOf(session.api, picked);
      setBusy("");
      const rate = rates.find((r) => r.bank === offer.by && r.id === offer.id);
      if (offer.kind === "discount") await takeDiscount(offer, legs);
      else if (rate) await takePosted(rate, legs);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy("");
    }
  };
  const takePosted = async (rate: PostedRate, legs: Leg[]): Promise<void> => {
    const dates = new Map(picked.map((p) => [`${p.row.certificate}/${p.row.id}`, p.row.payment]));
    const parts = partsOf(legs, (leg) => dates.get(`${leg.certificate}/${leg.holding}`) ?? "");
    const terms = termsTaken(rate.terms, today, rate.valueDays);
    const { cost } = costIn(terms, parts, currentLanguage());
    const done = await sign({
      ...takeRate(rate, legs, parts, account, today),
      facts: cost ? { amount: cost.net, allIn: cost.allIn } : undefined,
      note: cost && <CostFacts cost={cost} />,
      after: <p>{t("once.after")}</p>,
    });
    if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : `/finance/${(done.result as { id: string }).id}`);
  };
  const takeDiscount = async (offer: WorthOffer, legs: Leg[]): Promise<void> => {
    const amount = fenText(offer.net);
    const done = await sign({
      ...call("financing:TakeDiscount", { debtor: offer.by, offer: offer.id, legs, account, valueDate: today, amount }),
      facts: { amount },
      after: <p>{t("once.afterDiscount")}</p>,
    });
    if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : `/finance/settlements/${(done.result as { id: string }).id}`);
  };
  const fen = picked.reduce((sum, p) => sum + (p.amount ?? 0n), 0n);
  return (
    <>
      <ul className="stack" style={{ listStyle: "none", padding: 0 }} data-testid="at-once-list">
        {offers.map((o, i) => (
          <li key={`${o.by}/${o.id}`} className={i === 0 ? "pick-row on" : "pick-row"} data-row={`${o.by}/${o.id}`}>
            <span aria-hidden="true">{i + 1}</span>
            <div>
              <div className="strong"><MemberName id={o.by} /></div>
              <div className="soft small">
                {o.kind === "discount" ? t("once.discount") : words.of("financingKind", o.kind)} · {t(o.kind === "discount" ? "once.rate" : "allIn")} <RateText rate={o.rate} /> {o.kind !== "discount" && <AllInHelp />}
              </div>
              <div>
                {t("net")} <Money amount={o.net} big={i === 0} /> <span className="soft small">{t("once.less")} <Money amount={fen - o.net} /></span>
              </div>
            </div>
            <ActionButton
              label={t("once.take")}
              primary={i === 0}
              block
              busy={busy === `${o.by}/${o.id}`}
              disabled={account === "" ? t("new.first.account") : undefined}
              onClick={() => void take(o)}
              testId={`take-${o.by}-${o.id}`}
            />
          </li>
        ))}
      </ul>
      {error !== null && <ProblemBox error={error} />}
    </>
  );
}
