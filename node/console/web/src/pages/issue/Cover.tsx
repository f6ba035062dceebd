import { Alert, Checkbox, Form, Select, Skeleton, Tag } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router-dom";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { remaining } from "../../lib/build";
import { type Fen, parseFen } from "../../lib/money";
import type { Allocation, Invoice, TradeContract } from "../../lib/records";
import { Money } from "../../parts/Money";
import { ProblemBox } from "../../parts/ProblemBox";
import { DateText } from "../../parts/Time";
import { coverOf, usable } from "../../parts/cover";
import { contractText } from "./text";

/** What a promise rests on. */
export interface Background {
  contract: TradeContract | undefined;
  allocations: Allocation[];
  /** The invoices of the allocations. */
  used: Invoice[];
  missing: Fen;
  form: ReactElement;
}

/** useCover takes the contract with a supplier and the invoices that cover the face. */
export function useCover(supplier: string, face: Fen, needsCheck: boolean): Background {
  const { t } = useTranslation("issue");
  const session = useSession();
  const [params] = useSearchParams();
  const [chosen, setChosen] = useState(params.get("contract") ?? "");
  const [left, setLeft] = useState<string[]>([]);
  const contracts = usePages<TradeContract>(supplier ? "/v1/contracts" : null, { counterparty: supplier, member: session.member.id }, 200);
  const pages = usePages<Invoice>(supplier ? "/v1/invoices" : null, { role: "buyer", counterparty: supplier, member: session.member.id, open: true }, 500);
  const between = supplier ? contracts.items.filter((k) => k.buyer === session.member.id && k.seller === supplier) : [];
  const mine = supplier ? pages.items.filter((i) => i.seller === supplier && i.buyer === session.member.id) : [];
  const open = usable(mine, needsCheck);
  const contract = between.find((k) => k.id === chosen) ?? between.find((k) => k.id === richest(open)) ?? between[0];
  const fit = open.sort((a, b) => Number(b.contract === contract?.id) - Number(a.contract === contract?.id));
  const { allocations, missing } = coverOf(fit.filter((i) => !left.includes(i.fingerprint)), face);
  const used = fit.filter((i) => allocations.some((a) => a.invoice === i.fingerprint));
  const toggle = (fingerprint: string, on: boolean): void => setLeft(on ? left.filter((f) => f !== fingerprint) : [...left, fingerprint]);
  const form = !supplier ? (
    <p className="soft">{t("cover.first")}</p>
  ) : contracts.error || pages.error ? (
    <ProblemBox error={contracts.error ?? pages.error} onRetry={pages.retry} />
  ) : contracts.isLoading || pages.isLoading ? (
    <Skeleton active paragraph={{ rows: 3 }} />
  ) : between.length === 0 ? (
    <Alert type="info" showIcon title={t("cover.noContract")} description={<Link to={`/issue/contracts/new?with=${supplier}`}>{t("contract.record")}</Link>} data-testid="issue-no-contract" />
  ) : (
    <div className="stack">
      <Form.Item label={t("contract.one")} htmlFor="contract" style={{ maxWidth: 560, marginBottom: 0 }}>
        <Select
          id="contract"
          data-testid="issue-contract"
          value={contract?.id}
          onChange={setChosen}
          showSearch={{ optionFilterProp: "label" }}
          options={between.map((k) => ({ value: k.id, label: contractText(k, t) }))}
        />
      </Form.Item>
      {fit.length === 0 ? (
        <Alert type="info" showIcon title={t("cover.noInvoice")} description={<Link to={`/issue/invoices/new?contract=${contract?.id}`}>{t("invoice.record")}</Link>} data-testid="issue-no-invoice" />
      ) : (
        <fieldset className="pick" style={{ border: 0, padding: 0, margin: 0 }} data-testid="issue-invoices">
          <legend className="soft" style={{ padding: 0, marginBottom: 8 }}>{t("cover.hint")}</legend>
          {fit.map((i) => (
            <InvoiceRow key={i.fingerprint} invoice={i} on={!left.includes(i.fingerprint)} taken={allocations.find((a) => a.invoice === i.fingerprint)?.amount} onChange={(on) => toggle(i.fingerprint, on)} />
          ))}
          {mine.length > fit.length && <p className="soft small">{t("cover.barred", { count: mine.length - fit.length })}</p>}
          <div className="sign-amount row-between" aria-live="polite">
            <span>{missing > 0n ? t("cover.missing") : t("cover.covered")}</span>
            <Money amount={missing > 0n ? missing : face} testId="issue-covered" />
          </div>
        </fieldset>
      )}
    </div>
  );
  return { contract, allocations, used, missing, form };
}

/** richest is the contract whose invoices have most left. */
function richest(invoices: readonly Invoice[]): string {
  const left = new Map<string, Fen>();
  for (const i of invoices) left.set(i.contract, (left.get(i.contract) ?? 0n) + remaining(i));
  return [...left].reduce((best, now) => (now[1] > best[1] ? now : best), ["", 0n])[0];
}

interface InvoiceRowProps {
  invoice: Invoice;
  on: boolean;
  /** How much of it this certificate takes. */
  taken: string | undefined;
  onChange: (on: boolean) => void;
}

function InvoiceRow({ invoice: i, on, taken, onChange }: InvoiceRowProps): ReactElement {
  const { t } = useTranslation("issue");
  return (
    <div className={on ? "pick-row on" : "pick-row"} data-row={i.fingerprint}>
      <Checkbox checked={on} onChange={(event) => onChange(event.target.checked)} aria-label={`${t("invoice.one")} ${i.fingerprint.slice(0, 12)}`} />
      <div>
        <div>
          <Link to={`/issue/invoices/${i.fingerprint}`}>{t("invoice.one")} <span className="mono">{i.fingerprint.slice(0, 12)}</span></Link> <Checked invoice={i} />
        </div>
        <div className="soft small">
          <DateText date={i.date} /> · {t("invoice.amount")} <Money amount={i.amount} /> · {t("invoice.remaining")} <Money amount={remaining(i)} />
        </div>
      </div>
      <span className="num-right">{taken ? <>{t("cover.takes")} <Money amount={parseFen(taken)} /></> : <span className="soft">{t("cover.unused")}</span>}</span>
    </div>
  );
}

/** Checked says whether a bank has looked at an invoice, and what it found. */
export function Checked({ invoice: i }: { invoice: Invoice }): ReactElement {
  const { t } = useTranslation("issue");
  if (!i.verified.bank) return <Tag>{t("checked.not")}</Tag>;
  return <Tag color={i.verified.good ? "success" : "error"}>{t(i.verified.good ? "checked.good" : "checked.bad")}</Tag>;
}
