import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useNames, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { unlockedAmount } from "../../lib/build";
import type { CertificateView } from "../../lib/records";
import { LinkButton } from "../../parts/Page";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";

/** Actions are what the viewer can do with a certificate now. */
export function Actions({ certificate: c }: { certificate: CertificateView }): ReactElement | null {
  const session = useSession();
  const me = session.member.id;
  if (c.state === "issued" && c.firstHolder === me) return <Answer certificate={c} />;
  if (c.state === "issued" && c.debtor === me) return <Withdraw certificate={c} />;
  if (c.state !== "active") return null;
  return (
    <>
      <HolderActions certificate={c} />
      {(c.debtor === me || c.firstHolder === me) && <Void certificate={c} />}
    </>
  );
}

/** What the dialog for signing says of the certificate that the argument only names. */
function useFacts(c: CertificateView): { amount: string; lines: { label: string; text: string; strong?: boolean }[] } {
  const { t } = useTranslation("certificates");
  const names = useNames([c.debtor, c.firstHolder]);
  return {
    amount: c.face,
    lines: [
      { label: t("facts.debtor"), text: names(c.debtor), strong: true },
      { label: t("facts.firstHolder"), text: names(c.firstHolder) },
      { label: t("facts.payment"), text: c.payment },
    ],
  };
}

/** Answer is the first holder's: to accept or to reject. */
function Answer({ certificate: c }: { certificate: CertificateView }): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const sign = useSign();
  const facts = useFacts(c);
  const frozen = c.holdings.some((h) => h.locks.some((l) => l.kind === "proposal"));
  const off = !session.may("maker") ? t("do.onlyMaker") : frozen ? t("do.waits") : undefined;
  const accept = (): void => {
    void sign({ ...call("certificate:Accept", { certificate: c.number }), facts, after: <AfterAccept /> });
  };
  return (
    <div className="stack-tight" data-testid="certificate-answer">
      <p className="soft">{t("do.acceptHint")}</p>
      <ActionButton label={t("do.accept")} primary block disabled={off} onClick={accept} testId="certificate-accept" />
      <ReasonButton
        label={t("do.reject")}
        about={t("do.rejectHint")}
        usual={[t("do.wrongAmount"), t("do.wrongTerm"), t("do.notAgreed")]}
        danger
        block
        disabled={off}
        onReason={(reason) => void sign({ ...call("certificate:Reject", { certificate: c.number, reason }), facts })}
        testId="certificate-reject"
      />
      {off && <p className="soft small">{off}</p>}
    </div>
  );
}

function AfterAccept(): ReactElement {
  const { t } = useTranslation("certificates");
  return (
    <p>
      {t("do.acceptedNext")} <Link to="/holdings">{t("do.toHoldings")}</Link>
    </p>
  );
}

/** Withdraw is the debtor's while nobody has accepted. */
function Withdraw({ certificate: c }: { certificate: CertificateView }): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const sign = useSign();
  const facts = useFacts(c);
  const off = session.may("maker") ? undefined : t("do.onlyMaker");
  return (
    <div className="stack-tight">
      <p className="soft">{t("do.withdrawHint")}</p>
      <div>
        <ActionButton
          label={t("do.withdraw")}
          danger
          disabled={off}
          onClick={() => void sign({ ...call("certificate:Withdraw", { certificate: c.number }), facts })}
          testId="certificate-withdraw"
        />
      </div>
    </div>
  );
}

/** Void cancels the whole certificate; both sides sign. */
function Void({ certificate: c }: { certificate: CertificateView }): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const sign = useSign();
  const facts = useFacts(c);
  const today = useToday();
  const off = whyNotVoid(c, today);
  const other = c.debtor === session.member.id ? c.firstHolder : c.debtor;
  if (c.redeemed !== "0.00" && c.holdings.every((h) => h.redeemed)) return <></>;
  return (
    <div>
      <ReasonButton
        label={t("do.void")}
        about={t("do.voidHint")}
        usual={[t("do.goodsBack"), t("do.issuedWrong")]}
        danger
        disabled={!session.may("maker") ? t("do.onlyMaker") : off === "" ? undefined : t(`do.${off}`)}
        onReason={(reason) => void sign({ ...call("certificate:Void", { certificate: c.number, reason }), facts, counterparty: other })}
        testId="certificate-void"
      />
      {off !== "" && <p className="soft small">{t(`do.${off}`)}</p>}
    </div>
  );
}

/** whyNotVoid names why a certificate cannot be made void, or gives an empty text. */
export function whyNotVoid(c: CertificateView, today: string): "" | "voidMoved" | "voidLocked" | "voidMatured" {
  if (c.holdings.some((h) => h.owner !== c.firstHolder)) return "voidMoved";
  if (today >= c.payment) return "voidMatured";
  return c.holdings.some((h) => h.locks.length > 0) ? "voidLocked" : "";
}

/** HolderActions are for whoever owns fen. */
function HolderActions({ certificate: c }: { certificate: CertificateView }): ReactElement | null {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const today = useToday();
  const mine = c.holdings.filter((h) => h.owner === session.member.id && !h.redeemed);
  if (mine.length === 0 || today >= c.payment) return null;
  const free = mine.some((h) => unlockedAmount(h) > 0n);
  if (!free) return <Alert type="info" showIcon title={t("do.allLocked")} />;
  return (
    <div className="stack-tight">
      <div className="row">
        {session.may("maker") && session.is("holder") && (
          <>
            <LinkButton to={`/transfers/new?certificate=${c.number}`} primary testId="certificate-transfer">
              {t("do.transfer")}
            </LinkButton>
            <LinkButton to={`/finance/new?certificate=${c.number}`} testId="certificate-finance">
              {t("do.finance")}
            </LinkButton>
          </>
        )}
        {mine.slice(0, 3).map((h) => (
          <LinkButton key={h.id} to={`/holdings/${c.number}/${h.id}`} testId={`certificate-holding-${h.id}`}>
            {t("do.holding", { id: h.id })}
          </LinkButton>
        ))}
      </div>
      {!session.may("maker") && <p className="soft small">{t("do.onlyMaker")}</p>}
    </div>
  );
}
