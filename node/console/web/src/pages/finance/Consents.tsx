import { Form } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { fenText, parseFen } from "../../lib/money";
import type { FinancingView } from "../../lib/records";
import { AccountPicker } from "../../parts/AccountPicker";
import { Money } from "../../parts/Money";
import { Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";

/** Consents asks the guarantor that the terms name, and a debtor that bears a share of the cost, for their signatures. */
export function Consents({ financing: f }: { financing: FinancingView }): ReactElement | null {
  const { member } = useSession();
  if (f.state !== "agreed") return null;
  const share = parseFen(f.cost.debtorInterest) + parseFen(f.cost.debtorFee);
  if (f.terms.guarantor === member.id && f.guarantorSigned.at === null) {
    return <Consent what="guarantee" financing={f} amount={f.terms.guarantee} />;
  }
  if (share > 0n && f.debtors.includes(member.id) && f.debtorSigned.at === null) {
    return <Consent what="share" financing={f} amount={fenText(share)} />;
  }
  return null;
}

function Consent({ what, financing: f, amount }: { what: "guarantee" | "share"; financing: FinancingView; amount: string }): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const sign = useSign();
  const [account, setAccount] = useState("");
  const off = !session.may("maker") ? t("onlyMaker") : account === "" ? t("new.first.account") : undefined;
  const give = (): void => {
    const argument = { id: f.id, account };
    void sign({ ...(what === "guarantee" ? call("financing:Guarantee", argument) : call("financing:BearShare", argument)), facts: { amount } });
  };
  return (
    <Panel title={t(`consent.${what}`)} testId={`consent-${what}`}>
      <Form layout="vertical">
        <p>{t(`consent.${what}About`)} <Money amount={amount} /></p>
        <Form.Item label={t(`consent.${what}Account`)} htmlFor="consent-account" style={{ maxWidth: 420 }}>
          <AccountPicker id="consent-account" value={account} onChange={setAccount} label={t(`consent.${what}Account`)} testId="consent-account" />
        </Form.Item>
        <ActionButton label={t(`consent.${what}Give`)} primary disabled={off} onClick={give} testId="consent-give" />
      </Form>
    </Panel>
  );
}
