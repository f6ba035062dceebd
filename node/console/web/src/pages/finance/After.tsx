import { Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { legsAmount } from "../../lib/build";
import { payoffOf } from "../../lib/cost";
import { type Fen, fenText } from "../../lib/money";
import { refuse } from "../../lib/problem";
import type { FinancingView } from "../../lib/records";
import { AccountPicker } from "../../parts/AccountPicker";
import { AmountInput } from "../../parts/AmountInput";
import { DocumentInput } from "../../parts/DocumentInput";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput } from "../../parts/Time";
import { fenWithBank, useParts } from "../../parts/deal";

/** After is what may become of a financing that was paid out: a loan is repaid, sold fen are bought back. */
export function After({ financing: f }: { financing: FinancingView }): ReactElement | null {
  const { t } = useTranslation("finance");
  const { member } = useSession();
  if (f.state !== "disbursed") return null;
  if (f.live !== "") {
    return (
      <Panel title={t("after.live")}>
        <Link to={`/finance/settlements/${f.live}`} data-testid="financing-live">{t("after.toLive")}</Link>
      </Panel>
    );
  }
  if (f.terms.kind === "pledge" && f.holder === member.id) return <Repay financing={f} />;
  if (f.terms.kind === "sale-with-recourse" && [f.holder, f.funder].includes(member.id)) return <BuyBack financing={f} />;
  return null;
}

function Repay({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const [given, setDay] = useState("");
  const [account, setAccount] = useState(f.account);
  const { parts } = useParts(f.settlement.legs);
  const day = given || today;
  const payoff = parts && day !== "" && f.terms.valueDate ? payoffOf(f.terms, f.cost, parts, day) : null;
  const off = !session.may("maker") ? t("onlyMaker") : account === "" ? t("new.first.account") : payoff ? undefined : t("after.unknown");
  const repay = (): void => {
    if (!payoff) return;
    const amount = fenText(payoff.amount);
    void sign({ ...call("financing:Repay", { financing: f.id, account, valueDate: day, amount }), facts: { amount }, after: <p>{t("after.repayAfter")}</p> });
  };
  return (
    <Panel title={t("after.repay")} testId="financing-repay">
      <Form layout="vertical">
        <p className="soft">{t("after.repayAbout")}</p>
        <div className="grid-two" style={{ marginTop: 12 }}>
          <Form.Item label={t("after.day")} htmlFor="repay-day">
            <DateInput id="repay-day" value={day} min={today} onChange={setDay} label={t("after.day")} testId="repay-day" />
          </Form.Item>
          <Form.Item label={t("after.from")} htmlFor="repay-account">
            <AccountPicker id="repay-account" value={account} onChange={setAccount} label={t("after.from")} testId="repay-account" />
          </Form.Item>
        </div>
        {payoff && (
          <Facts
            items={[
              { label: t("after.principal"), value: <Money amount={f.cost.advance} /> },
              { label: t("after.earned"), value: <Money amount={payoff.earned} /> },
              { label: t("after.toPay"), value: <span className="strong"><Money amount={payoff.amount} testId="repay-amount" /></span> },
            ]}
          />
        )}
        <div style={{ marginTop: 16 }}>
          <ActionButton label={t("after.repaySign")} primary disabled={off} onClick={repay} testId="repay-send" />
        </div>
      </Form>
    </Panel>
  );
}

function BuyBack({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const sign = useSign();
  const seller = f.holder === session.member.id;
  const [own, setOwn] = useState(seller ? f.account : f.funderAccount);
  const [other, setOther] = useState(seller ? f.funderAccount : f.account);
  const [price, setPrice] = useState<Fen | null>(null);
  const [contract, setContract] = useState("");
  const [error, setError] = useState<unknown>(null);
  const off = !session.may("maker") ? t("onlyMaker") : price === null ? t("after.first.price") : contract === "" ? t("after.first.contract") : own === "" || other === "" ? t("new.first.account") : undefined;
  const send = async (): Promise<void> => {
    setError(null);
    try {
      const legs = await fenWithBank(session.api, f);
      if (legs.length === 0) refuse("HOLDING_LOCKED", t("after.nothing"));
      const [account, bankAccount] = seller ? [own, other] : [other, own];
      await sign({
        ...call("financing:BuyBack", { financing: f.id, legs, price: fenText(price ?? 0n), contract, account, bankAccount }),
        facts: { amount: fenText(price ?? 0n), lines: [{ label: t("amount"), text: fenText(legsAmount(legs)) }] },
        after: <p>{t("after.buyBackAfter")}</p>,
      });
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Panel title={t("after.buyBack")} testId="financing-buy-back">
      <Form layout="vertical">
        <p className="soft">{t(seller ? "after.buyBackAbout" : "after.buyBackAboutBank")}</p>
        <div className="grid-two" style={{ marginTop: 12 }}>
          <Form.Item label={t("after.price")} htmlFor="price">
            <AmountInput id="price" value={price} onChange={setPrice} testId="buy-back-price" />
          </Form.Item>
          <DocumentInput label={t("after.contract")} value={contract} onChange={setContract} testId="buy-back-contract" />
          <Form.Item label={t("after.ownAccount")} htmlFor="own-account">
            <AccountPicker id="own-account" value={own} onChange={setOwn} label={t("after.ownAccount")} testId="buy-back-account" />
          </Form.Item>
          <Form.Item label={t("after.otherAccount")} htmlFor="other-account">
            <Input id="other-account" value={other} onChange={(e) => setOther(e.target.value)} data-testid="buy-back-other" />
          </Form.Item>
        </div>
        {error !== null && <ProblemBox error={error} />}
        <ActionButton label={t("after.buyBackSign")} disabled={off} onClick={() => void send()} testId="buy-back-send" />
      </Form>
    </Panel>
  );
}
