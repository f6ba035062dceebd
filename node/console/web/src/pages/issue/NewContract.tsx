import { Alert, Checkbox, Form, Input, InputNumber, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router-dom";
import { useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type Fen, fenText, parseHumanRate, rateText } from "../../lib/money";
import { AmountInput } from "../../parts/AmountInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput } from "../../parts/Time";
import { useDocument } from "./Document";

const longestTerm = 3650;

/** NewContract records a trade contract of the member, as its buyer or its seller. */
export function NewContract(): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const today = useToday();
  const [params] = useSearchParams();
  const [side, setSide] = useState<"buyer" | "seller">(session.is("debtor") ? "buyer" : "seller");
  const [other, setOther] = useState(params.get("with") ?? "");
  const [signed, setSigned] = useState("");
  const [framework, setFramework] = useState(false);
  const [amount, setAmount] = useState<Fen | null>(null);
  const [termDays, setTermDays] = useState(0);
  const [agreed, setAgreed] = useState(true);
  const [rate, setRate] = useState("");
  const [error, setError] = useState<unknown>(null);
  const document = useDocument("contract-document");
  const late = readRate(rate);
  const off = !session.may("maker")
    ? t("onlyMaker")
    : other === ""
      ? t("first.other")
      : signed === ""
        ? t("first.signed")
        : !framework && amount === null
          ? t("first.amount")
          : late === null
            ? t("first.rate")
            : document.digest === ""
              ? t("first.document")
              : undefined;
  const send = async (): Promise<void> => {
    setError(null);
    try {
      const digest = await document.keep();
      const me = session.member.id;
      const done = await sign({
        ...call("evidence:RecordContract", {
          buyer: side === "buyer" ? me : other, seller: side === "seller" ? me : other, document: digest, signed,
          amount: framework ? "0.00" : fenText(amount ?? 0n), termDays, agreed, ...(late ? { lateRate: late } : {}),
        }),
        after: <p>{t("contract.after")}</p>,
      });
      if (!done) return;
      if (done.proposal) return void navigate(`/approvals/${done.proposal.id}`);
      const { id } = done.result as { id: string };
      await document.link("contract", id);
      void navigate(`/issue/contracts/${encodeURIComponent(id)}`);
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Page title={t("evidence.record.contracts")} sub={t("contract.sub")} crumbs={[{ title: t("evidence.title"), to: "/evidence?of=contracts" }]} testId="contract-form">
      <Panel>
        <Form layout="vertical" style={{ maxWidth: 640 }}>
          <Form.Item label={t("contract.side")}>
            <Segmented value={side} onChange={setSide} options={[{ value: "buyer" as const, label: t("contract.asBuyer") }, { value: "seller" as const, label: t("contract.asSeller") }]} aria-label={t("contract.side")} data-testid="contract-side" />
          </Form.Item>
          <Form.Item label={t(side === "buyer" ? "seller" : "buyer")} htmlFor="other">
            <MemberPicker id="other" value={other} onChange={setOther} not={[session.member.id]} label={t(side === "buyer" ? "seller" : "buyer")} testId="contract-other" />
          </Form.Item>
          <Form.Item label={t("contract.signed")} htmlFor="signed">
            <DateInput id="signed" value={signed} onChange={setSigned} max={today || undefined} testId="contract-signed" />
          </Form.Item>
          <Form.Item>
            <Checkbox checked={framework} onChange={(e) => setFramework(e.target.checked)} data-testid="contract-framework">{t("contract.isFramework")}</Checkbox>
          </Form.Item>
          {!framework && (
            <Form.Item label={t("contract.amount")} htmlFor="amount">
              <AmountInput id="amount" value={amount} onChange={setAmount} testId="contract-amount" />
            </Form.Item>
          )}
          <Form.Item label={t("contract.term")} htmlFor="term" extra={t("contract.termHint")}>
            <InputNumber id="term" min={0} max={longestTerm} precision={0} value={termDays} onChange={(v) => setTermDays(v ?? 0)} data-testid="contract-term" />
          </Form.Item>
          <Form.Item extra={t("contract.agreedHint")}>
            <Checkbox checked={agreed} onChange={(e) => setAgreed(e.target.checked)} data-testid="contract-agreed">{t("contract.agreed")}</Checkbox>
          </Form.Item>
          <Form.Item label={t("contract.lateRate")} htmlFor="late" extra={t("contract.lateHint")} validateStatus={late === null ? "error" : undefined}>
            <Input id="late" style={{ maxWidth: 200 }} suffix="%" inputMode="decimal" value={rate} onChange={(e) => setRate(e.target.value)} data-testid="contract-late" />
          </Form.Item>
          {document.form(t("contract.document"), t("document.hint"))}
          {error !== null && <ProblemBox error={error} />}
          {off && <Alert type="info" title={off} style={{ margin: "12px 0" }} />}
          <ActionButton label={t("evidence.record.contracts")} primary block disabled={off} onClick={() => void send()} testId="contract-send" />
        </Form>
      </Panel>
    </Page>
  );
}

/** readRate is the API's text of a rate; empty for none, null for what is not one. */
function readRate(text: string): string | null {
  if (text.trim() === "") return "";
  try {
    return rateText(parseHumanRate(text));
  } catch {
    return null;
  }
}
