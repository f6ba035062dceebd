import { Alert, Form, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router-dom";
import { useNames, usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type Fen, fenText } from "../../lib/money";
import type { TradeContract } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput } from "../../parts/Time";
import { useDocument } from "./Document";
import { contractText } from "./text";

/** NewDelivery records that the member, as the buyer, accepted goods or services. */
export function NewDelivery(): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const today = useToday();
  const [params] = useSearchParams();
  const pages = usePages<TradeContract>("/v1/contracts", {}, 500);
  const contracts = pages.items.filter((k) => k.buyer === session.member.id);
  const names = useNames(contracts.map((k) => k.seller));
  const [contract, setContract] = useState(params.get("contract") ?? "");
  const [accepted, setAccepted] = useState("");
  const [amount, setAmount] = useState<Fen | null>(null);
  const [error, setError] = useState<unknown>(null);
  const document = useDocument("delivery-document");
  const off = !session.may("maker")
    ? t("onlyMaker")
    : contract === ""
      ? t("first.contract")
      : accepted === ""
        ? t("first.accepted")
        : amount === null
          ? t("first.amount")
          : document.digest === ""
            ? t("first.document")
            : undefined;
  const send = async (): Promise<void> => {
    setError(null);
    try {
      const digest = await document.keep();
      const done = await sign({ ...call("evidence:RecordDelivery", { contract, document: digest, accepted, amount: fenText(amount ?? 0n) }), after: <p>{t("delivery.after")}</p> });
      if (!done) return;
      if (done.proposal) return void navigate(`/approvals/${done.proposal.id}`);
      const { id } = done.result as { id: string };
      await document.link("delivery", id);
      void navigate(`/issue/deliveries/${encodeURIComponent(id)}`);
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Page title={t("evidence.record.deliveries")} sub={t("delivery.sub")} crumbs={[{ title: t("evidence.title"), to: "/evidence?of=deliveries" }]} loading={pages.isLoading} error={pages.error} onRetry={pages.retry} testId="delivery-form">
      {contracts.length === 0 ? (
        <EmptyState title={t("delivery.noContract")} action={<LinkButton to="/issue/contracts/new">{t("contract.record")}</LinkButton>} />
      ) : (
        <Panel>
          <Form layout="vertical" style={{ maxWidth: 640 }}>
            <Form.Item label={t("contract.one")} htmlFor="contract">
              <Select id="contract" data-testid="delivery-contract" value={contract || undefined} onChange={setContract} showSearch={{ optionFilterProp: "label" }} options={contracts.map((k) => ({ value: k.id, label: `${names(k.seller)} · ${contractText(k, t)}` }))} />
            </Form.Item>
            <Form.Item label={t("delivery.accepted")} htmlFor="accepted">
              <DateInput id="accepted" value={accepted} onChange={setAccepted} max={today || undefined} testId="delivery-accepted" />
            </Form.Item>
            <Form.Item label={t("delivery.amount")} htmlFor="amount">
              <AmountInput id="amount" value={amount} onChange={setAmount} testId="delivery-amount" />
            </Form.Item>
            {document.form(t("delivery.document"), t("document.hint"))}
            {error !== null && <ProblemBox error={error} />}
            {off && <Alert type="info" title={off} style={{ margin: "12px 0" }} />}
            <ActionButton label={t("evidence.record.deliveries")} primary block disabled={off} onClick={() => void send()} testId="delivery-send" />
          </Form>
        </Panel>
      )}
    </Page>
  );
}
