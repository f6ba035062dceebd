import { Form, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type Fen, fenText, humanFen, parseFen } from "../../lib/money";
import type { RunView } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { ActionButton } from "../../parts/ReasonButton";

interface Props {
  run: RunView;
  /** The debtor's accounts at the viewer's bank. */
  accounts: string[];
  onDone: () => void;
}

/** Confirm is the debtor's bank's word for what it has of the debtor's money. */
export function Confirm({ run, accounts, onDone }: Props): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const sign = useSign();
  const open = parseFen(run.tally.open);
  const [given, setGiven] = useState<Fen | null>(open > 0n ? open : null);
  const [other, setOther] = useState("");
  const account = other || accounts[0] || "";
  const rest = given === null ? 0n : open - given;
  const off = !session.may("maker")
    ? t("onlyMaker")
    : run.state === "dividing"
      ? t("confirm.dividing")
      : open === 0n
        ? t("confirm.nothing")
        : account === ""
          ? t("confirm.noAccount")
          : given === null || given > open
            ? t("confirm.first")
            : undefined;
  const send = async (): Promise<void> => {
    const amount = fenText(given ?? 0n);
    const done = await sign({
      ...call("clearing:ConfirmFunds", { run: run.id, account, amount }),
      facts: {
        amount,
        lines: [
          { label: t("tally.open"), text: `¥${humanFen(open)}` },
          ...(rest > 0n ? [{ label: t("confirm.rest"), text: `¥${humanFen(rest)}`, strong: true }] : []),
        ],
      },
      after: <p>{t("confirm.after")}</p>,
    });
    if (done && !done.proposal) onDone();
  };
  return (
    <Form layout="vertical">
      <div className="grid-two">
        <div>
          <Form.Item label={t("confirm.amount")} htmlFor="confirm-amount">
            <AmountInput id="confirm-amount" value={given} onChange={setGiven} max={open} testId="confirm-amount" />
          </Form.Item>
          {accounts.length > 1 && (
            <Form.Item label={t("confirm.account")} htmlFor="confirm-account">
              <Select id="confirm-account" aria-label={t("confirm.account")} value={account} onChange={setOther} options={accounts.map((a) => ({ value: a, label: a }))} data-testid="confirm-account" />
            </Form.Item>
          )}
        </div>
        <Facts
          items={[
            { label: t("tally.open"), value: <Money amount={open} /> },
            { label: t("confirm.account"), value: account },
            rest > 0n && { label: t("confirm.rest"), value: <span className="warn"><Money amount={rest} testId="confirm-rest" /></span> },
          ]}
        />
      </div>
      {off && <p className="soft">{off}</p>}
      <ActionButton label={t("confirm.sign")} primary disabled={off} onClick={() => void send()} testId="confirm-funds" />
    </Form>
  );
}
