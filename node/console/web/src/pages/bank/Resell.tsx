import { Checkbox, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { legsAmount } from "../../lib/build";
import { type Fen, fenText, humanFen } from "../../lib/money";
import { refuse } from "../../lib/problem";
import type { FinancingView } from "../../lib/records";
import { AccountPicker } from "../../parts/AccountPicker";
import { AmountInput } from "../../parts/AmountInput";
import { DocumentInput } from "../../parts/DocumentInput";
import { BankPicker } from "../../parts/MemberPicker";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { fenWithBank } from "../../parts/deal";

/** Resell proposes to another bank to buy the fen of a financing; the buyer approves. */
export function Resell({ financing: f }: { financing: FinancingView }): ReactElement | null {
  const { t } = useTranslation("bank");
  const [open, setOpen] = useState(false);
  if (f.terms.kind === "pledge" || f.live !== "") return null;
  return (
    <Panel title={t("resell.title")}>
      <div className="stack">
        <p className="soft">{t("resell.about")}</p>
        {open ? <Fill financing={f} /> : <div><ActionButton label={t("resell.start")} onClick={() => setOpen(true)} testId="resell-start" /></div>}
      </div>
    </Panel>
  );
}

function Fill({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const [buyer, setBuyer] = useState("");
  const [price, setPrice] = useState<Fen | null>(null);
  const [recourse, setRecourse] = useState(false);
  const [contract, setContract] = useState("");
  const [account, setAccount] = useState("");
  const [buyerAccount, setBuyerAccount] = useState("");
  const [error, setError] = useState<unknown>(null);
  const ready = buyer !== "" && buyer !== session.member.id && price !== null && contract !== "" && account !== "" && buyerAccount.trim() !== "";
  const off = !session.may("maker") ? t("onlyMaker") : ready ? undefined : t("resell.first");
  const send = async (): Promise<void> => {
    setError(null);
    try {
      const legs = await fenWithBank(session.api, f);
      if (legs.length === 0) refuse("HOLDING_LOCKED", t("resell.nothing"));
      const amount = fenText(price ?? 0n);
      await sign({
        ...call("financing:Resell", { financing: f.id, legs, buyer, price: amount, recourse: recourse || undefined, contract, account, buyerAccount: buyerAccount.trim() }),
        facts: { amount, lines: [{ label: t("resell.fen"), text: `¥${humanFen(legsAmount(legs))}` }] },
        after: <p>{t("resell.after")}</p>,
      });
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Form layout="vertical" data-testid="resell-form">
      <div className="grid" style={{ gap: "0 16px" }}>
        <Form.Item label={t("resell.buyer")} htmlFor="resell-buyer">
          <BankPicker id="resell-buyer" value={buyer} onChange={(v) => setBuyer(String(v))} label={t("resell.buyer")} testId="resell-buyer" />
        </Form.Item>
        <Form.Item label={t("resell.price")} htmlFor="resell-price">
          <AmountInput id="resell-price" value={price} onChange={setPrice} testId="resell-price" />
        </Form.Item>
        <Form.Item label={t("resell.account")} htmlFor="resell-account">
          <AccountPicker id="resell-account" value={account} onChange={setAccount} label={t("resell.account")} testId="resell-account" />
        </Form.Item>
        <Form.Item label={t("resell.buyerAccount")} htmlFor="resell-buyer-account">
          <Input id="resell-buyer-account" value={buyerAccount} onChange={(e) => setBuyerAccount(e.target.value)} data-testid="resell-buyer-account" />
        </Form.Item>
      </div>
      <Form.Item>
        <Checkbox checked={recourse} onChange={(e) => setRecourse(e.target.checked)}>{t("resell.recourse")}</Checkbox>
      </Form.Item>
      <DocumentInput label={t("resell.contract")} value={contract} onChange={setContract} testId="resell-contract" />
      {error !== null && <ProblemBox error={error} />}
      <div style={{ marginTop: 16 }}>
        <ActionButton label={t("resell.send")} primary disabled={off} onClick={() => void send()} testId="resell-send" />
      </div>
    </Form>
  );
}
