import { Alert, Form, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router-dom";
import { useNames, usePages, useToday } from "../../app/query";
import { type Session, useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type Fen, fenText } from "../../lib/money";
import { Problem, refuse } from "../../lib/problem";
import type { Delivery, Fingerprints, InvoiceFacts, TradeContract } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput } from "../../parts/Time";
import { useDocument } from "./Document";
import { contractText } from "./text";

/** NewInvoice records an invoice by its fingerprint: what stands on it goes to a bank's node only, never onto the ledger. */
export function NewInvoice(): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const pages = usePages<TradeContract>("/v1/contracts", {}, 500);
  const mine = pages.items.filter((k) => k.buyer === session.member.id || k.seller === session.member.id);
  return (
    <Page title={t("evidence.record.invoices")} sub={t("invoice.sub")} crumbs={[{ title: t("evidence.title"), to: "/evidence" }]} loading={pages.isLoading} error={pages.error} onRetry={pages.retry} testId="invoice-form">
      {mine.length === 0 ? <EmptyState title={t("delivery.noContract")} action={<LinkButton to="/issue/contracts/new">{t("contract.record")}</LinkButton>} /> : <Fill contracts={mine} />}
    </Page>
  );
}

function Fill({ contracts }: { contracts: TradeContract[] }): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const today = useToday();
  const [params] = useSearchParams();
  const [id, setId] = useState(params.get("contract") ?? "");
  const [code, setCode] = useState("");
  const [number, setNumber] = useState("");
  const [date, setDate] = useState("");
  const [due, setDue] = useState("");
  const [amount, setAmount] = useState<Fen | null>(null);
  const [delivery, setDelivery] = useState("");
  const [error, setError] = useState<unknown>(null);
  const document = useDocument("invoice-document");
  const contract = contracts.find((k) => k.id === id);
  const names = useNames(contracts.flatMap((k) => [k.buyer, k.seller]));
  const deliveries = usePages<Delivery>(contract ? "/v1/deliveries" : null, { contract: id }, 200);
  const off = missing();
  function missing(): string | undefined {
    if (!session.may("maker")) return t("onlyMaker");
    if (!contract) return t("first.contract");
    if (number.trim() === "") return t("first.number");
    if (date === "") return t("first.date");
    return amount === null ? t("first.amount") : undefined;
  }
  const send = async (): Promise<void> => {
    if (!contract || amount === null) return;
    setError(null);
    try {
      const { buyer, seller } = contract;
      const facts: InvoiceFacts = { ...(code.trim() ? { code: code.trim() } : {}), number: number.trim(), date, seller, buyer, amount: fenText(amount) };
      const made = await fingerprintOf(session, facts);
      if (document.digest) await document.keep();
      const done = await sign({
        ...call("evidence:RecordInvoice", { ...made, seller, buyer, contract: contract.id, ...(delivery ? { delivery } : {}), amount: facts.amount, date, ...(due ? { due } : {}) }),
        after: <p>{t("invoice.after")}</p>,
      });
      if (!done) return;
      if (done.proposal) return void navigate(`/approvals/${done.proposal.id}`);
      if (document.digest) await document.link("invoice", made.fingerprint);
      void navigate(`/issue/invoices/${made.fingerprint}`);
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Panel>
      <Form layout="vertical" style={{ maxWidth: 640 }}>
        <Form.Item label={t("contract.one")} htmlFor="contract">
          <Select id="contract" data-testid="invoice-contract" value={contract?.id} onChange={setId} showSearch={{ optionFilterProp: "label" }} options={contracts.map((k) => ({ value: k.id, label: `${names(k.buyer === session.member.id ? k.seller : k.buyer)} · ${contractText(k, t)}` }))} />
        </Form.Item>
        <Form.Item label={t("invoice.number")} htmlFor="number" extra={t("invoice.numberHint")}>
          <Input id="number" value={number} maxLength={64} onChange={(e) => setNumber(e.target.value)} data-testid="invoice-number" />
        </Form.Item>
        <Form.Item label={t("invoice.code")} htmlFor="code" extra={t("invoice.codeHint")}>
          <Input id="code" value={code} maxLength={64} onChange={(e) => setCode(e.target.value)} data-testid="invoice-code" />
        </Form.Item>
        <Form.Item label={t("invoice.date")} htmlFor="date">
          <DateInput id="date" value={date} onChange={setDate} max={today || undefined} testId="invoice-date" />
        </Form.Item>
        <Form.Item label={t("invoice.amount")} htmlFor="amount">
          <AmountInput id="amount" value={amount} onChange={setAmount} testId="invoice-amount" />
        </Form.Item>
        <Form.Item label={t("invoice.due")} htmlFor="due" extra={t("invoice.dueHint")}>
          <DateInput id="due" value={due} onChange={setDue} testId="invoice-due" />
        </Form.Item>
        <Form.Item label={t("delivery.one")} htmlFor="delivery">
          <Select
            id="delivery"
            data-testid="invoice-delivery"
            value={delivery}
            onChange={setDelivery}
            options={[{ value: "", label: t("delivery.without") }, ...deliveries.items.map((d) => ({ value: d.id, label: `${d.accepted} · ¥${d.amount} · ${d.id.slice(0, 12)}` }))]}
          />
        </Form.Item>
        {document.form(t("invoice.document"), t("invoice.documentHint"))}
        <p className="soft small" style={{ marginTop: 8 }}>{t("invoice.fingerprintHint")}</p>
        {error !== null && <Refused error={error} />}
        {off && <Alert type="info" title={off} style={{ margin: "12px 0" }} />}
        <ActionButton label={t("evidence.record.invoices")} primary block disabled={off} onClick={() => void send()} testId="invoice-send" />
      </Form>
    </Panel>
  );
}

/** fingerprintOf asks the node for the fingerprint under the present key, and the one before. */
async function fingerprintOf(session: Session, facts: InvoiceFacts): Promise<{ fingerprint: string; otherFingerprint?: string; scheme: number; epoch: number }> {
  const made = await session.api.post<Fingerprints>("/v1/evidence/fingerprints", { facts: [facts] });
  const one = made.fingerprints[0];
  if (one?.refusal) throw new Problem({ ...one.refusal, status: 422 });
  if (!one?.fingerprint) return refuse("CLIENT_ANSWER", "no fingerprint");
  const other = one.earlier?.at(-1);
  return { fingerprint: one.fingerprint, ...(other ? { otherFingerprint: other } : {}), scheme: made.scheme, epoch: made.epoch };
}

function Refused({ error }: { error: unknown }): ReactElement {
  const { t } = useTranslation("issue");
  return (
    <div className="stack-tight">
      <ProblemBox error={error} />
      <p className="soft small">{t("invoice.trouble")} <Link to="/evidence">{t("evidence.of.invoices")}</Link></p>
    </div>
  );
}
