import { Form, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useNames, usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type Fen, fenText } from "../../lib/money";
import type { TradeContract } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";

/** AskConfirmation asks the buyer of a contract to confirm what it owes; the clock of 30 days starts with it. */
export function AskConfirmation(): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const pages = usePages<TradeContract>("/v1/contracts", {}, 200);
  const contracts = pages.items.filter((k) => k.seller === session.member.id);
  const names = useNames(contracts.map((k) => k.buyer));
  const [contract, setContract] = useState("");
  const [amount, setAmount] = useState<Fen | null>(null);
  const chosen = contracts.find((k) => k.id === contract);
  const off = !session.may("maker") ? t("do.onlyMaker") : !chosen || amount === null ? t("confirmations.fill") : undefined;
  const ask = async (): Promise<void> => {
    if (!chosen || amount === null) return;
    const done = await sign({ ...call("certificate:RequestConfirmation", { debtor: chosen.buyer, contract: chosen.id, amount: fenText(amount) }) });
    if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : `/certificates/confirmations/${(done.result as { id: string }).id}`);
  };
  return (
    <Page
      title={t("confirmations.ask")}
      sub={t("confirmations.askSub")}
      crumbs={[{ title: t("title"), to: "/certificates" }, { title: t("confirmations.title"), to: "/certificates/confirmations" }]}
      loading={pages.isLoading}
      error={pages.error}
      onRetry={pages.retry}
      testId="confirmation-ask"
    >
      {contracts.length === 0 ? (
        <EmptyState title={t("confirmations.noContract")} hint={t("confirmations.noContractHint")} />
      ) : (
        <Panel>
          <Form layout="vertical" onFinish={() => void ask()} style={{ maxWidth: 560 }}>
            <Form.Item label={t("evidence.contract")} htmlFor="contract">
              <Select
                id="contract"
                data-testid="confirmation-contract"
                value={contract || undefined}
                onChange={setContract}
                placeholder={t("confirmations.chooseContract")}
                showSearch={{ optionFilterProp: "label" }}
                options={contracts.map((k) => ({ value: k.id, label: `${names(k.buyer)} · ${k.id} · ${k.signed}` }))}
              />
            </Form.Item>
            <Form.Item label={t("confirmations.owes")} htmlFor="amount">
              <AmountInput id="amount" value={amount} onChange={setAmount} testId="confirmation-amount" />
            </Form.Item>
            <ActionButton label={t("confirmations.ask")} primary disabled={off} onClick={() => void ask()} testId="confirmation-send" />
          </Form>
        </Panel>
      )}
    </Page>
  );
}
