import { Form, Input, InputNumber, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "../../app/i18n";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { addDays, addMonths } from "../../lib/calendar";
import { termsFault } from "../../lib/cost";
import { type Fen, fenText, parseFen } from "../../lib/money";
import { type FinancingKind, type PostedRate, financingKinds } from "../../lib/records";
import { AccountPicker } from "../../parts/AccountPicker";
import { AmountInput } from "../../parts/AmountInput";
import { CostFacts } from "../../parts/Deal";
import { DocumentInput } from "../../parts/DocumentInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money, RateText } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { RateInput } from "../../parts/RateInput";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput, DateText } from "../../parts/Time";
import { costIn } from "../../parts/deal";
import { Sub } from "./Sub";
import { offerOf, termsOf } from "./quoting";

/** Rates are what the bank posts: whoever takes a rate is financed at once. */
export function Rates(): ReactElement {
  const { t } = useTranslation("bank");
  return (
    <Page title={t("rates.title")} sub={t("rates.sub")} testId="bank-rates">
      <Sub of="desk" />
      <div className="stack">
        <Posted />
        <Post />
      </div>
    </Page>
  );
}

function Posted(): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const pages = usePages<PostedRate>("/v1/rates", { bank: session.member.id, all: true });
  const over = (r: PostedRate): boolean => r.closed || (today !== "" && r.until < today);
  const columns: Column<PostedRate>[] = [
    { key: "id", title: t("rates.id"), phone: "title", render: (r) => r.id },
    { key: "debtor", title: t("debtor"), render: (r) => (r.debtor ? <MemberName id={r.debtor} /> : t("rates.any")) },
    { key: "kind", title: t("quote.kind"), render: (r) => words.of("financingKind", r.terms.kind) },
    { key: "rate", title: t("quote.rate"), end: true, render: (r) => <RateText rate={r.terms.rate} /> },
    { key: "days", title: t("rates.days"), end: true, render: (r) => `${r.minDays}–${r.maxDays}` },
    { key: "size", title: t("rates.size"), end: true, phone: "hide", render: (r) => <><Money amount={r.min} /> – <Money amount={r.max} /></> },
    { key: "left", title: t("rates.left"), end: true, render: (r) => (parseFen(r.volume) === 0n ? t("rates.unbound") : <Money amount={parseFen(r.volume) - parseFen(r.taken)} />) },
    { key: "until", title: t("rates.until"), render: (r) => <DateText date={r.until} /> },
    {
      key: "do", title: t("do"), render: (r) => over(r) ? <span className="soft">{t("rates.over")}</span> : (
        <ActionButton label={t("rates.close")} danger disabled={session.may("maker") ? undefined : t("onlyMaker")} onClick={() => void sign(call("financing:CloseRate", { id: r.id }))} testId={`rate-close-${r.id}`} />
      ),
    },
  ];
  return <PagedTable label={t("rates.title")} columns={columns} pages={pages} rowKey={(r) => r.id} empty={<EmptyState title={t("rates.none")} hint={t("rates.noneHint")} />} testId="rate-list" />;
}

function Post(): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const [id, setId] = useState("");
  const [debtor, setDebtor] = useState("");
  const [tier, setTier] = useState(0);
  const [days, setDays] = useState({ min: 1, max: 180, value: 2 });
  const [size, setSize] = useState<{ min: Fen | null; max: Fen | null; volume: Fen | null }>({ min: 100_00n, max: null, volume: null });
  const [offer, setOffer] = useState(offerOf(undefined, ""));
  const [account, setAccount] = useState("");
  const [last, setUntil] = useState("");
  const until = last || (today ? addMonths(today, 1) : "");
  const terms = termsOf(offer);
  const sample = terms && today && size.max !== null ? costIn({ ...terms, valueDate: addDays(today, days.value) }, [{ amount: size.max, payment: addDays(today, days.max) }], currentLanguage()) : null;
  const off = !session.may("maker") ? t("onlyMaker") : id.trim() === "" ? t("rates.first.id") : !terms ? t("quote.first.rate") : !terms.contract ? t("quote.first.contract") : size.min === null || size.max === null ? t("rates.first.size") : account === "" ? t("quote.first.account") : termsFault(terms) || undefined;
  const post = (): void => {
    if (!terms || size.min === null || size.max === null) return;
    void sign({
      ...call("financing:PostRate", {
        id: id.trim(), debtor, tier: tier || undefined, minDays: days.min, maxDays: days.max, min: fenText(size.min), max: fenText(size.max),
        volume: size.volume === null ? undefined : fenText(size.volume), terms: { ...terms, valueDate: null }, valueDays: days.value, account, from: today, until,
      }),
      note: sample?.cost && <CostFacts cost={sample.cost} />,
      after: <p>{t("rates.after")}</p>,
    });
  };
  const number = (name: "min" | "max" | "value", most: number): ReactElement => (
    <InputNumber id={`rate-days-${name}`} min={0} max={most} precision={0} value={days[name]} onChange={(v) => setDays({ ...days, [name]: v ?? 0 })} style={{ width: "100%" }} data-testid={`rate-days-${name}`} />
  );
  return (
    <Panel title={t("rates.post")} testId="rate-form">
      <Form layout="vertical">
        <p className="soft">{t("rates.postAbout")}</p>
        <div className="grid" style={{ gap: "0 16px", marginTop: 12 }}>
          <Form.Item label={t("rates.id")} htmlFor="rate-id" extra={t("rates.idHint")}>
            <Input id="rate-id" value={id} maxLength={32} onChange={(e) => setId(e.target.value)} data-testid="rate-id" />
          </Form.Item>
          <Form.Item label={t("quote.kind")} htmlFor="rate-kind">
            <Select id="rate-kind" value={offer.kind} onChange={(kind: FinancingKind) => setOffer({ ...offer, kind })} options={financingKinds.map((k) => ({ value: k, label: words.of("financingKind", k) }))} />
          </Form.Item>
          <Form.Item label={t("quote.rate")} htmlFor="rate-rate">
            <RateInput id="rate-rate" value={offer.rate} onChange={(rate) => setOffer({ ...offer, rate })} label={t("quote.rate")} testId="rate-rate" />
          </Form.Item>
          <Form.Item label={t("quote.fee")} htmlFor="rate-fee">
            <AmountInput id="rate-fee" value={offer.fee} onChange={(fee) => setOffer({ ...offer, fee })} testId="rate-fee" />
          </Form.Item>
          <Form.Item label={t("rates.debtor")} htmlFor="rate-debtor">
            <MemberPicker id="rate-debtor" value={debtor} onChange={setDebtor} roles={["debtor"]} label={t("rates.debtor")} testId="rate-debtor" />
          </Form.Item>
          <Form.Item label={t("rates.tier")} htmlFor="rate-tier">
            <InputNumber id="rate-tier" min={0} max={99} precision={0} value={tier} onChange={(v) => setTier(v ?? 0)} style={{ width: "100%" }} />
          </Form.Item>
          <Form.Item label={t("rates.minDays")} htmlFor="rate-days-min">{number("min", 3650)}</Form.Item>
          <Form.Item label={t("rates.maxDays")} htmlFor="rate-days-max">{number("max", 3650)}</Form.Item>
          <Form.Item label={t("rates.valueDays")} htmlFor="rate-days-value">{number("value", 30)}</Form.Item>
          <Form.Item label={t("rates.min")} htmlFor="rate-min"><AmountInput id="rate-min" value={size.min} onChange={(min) => setSize({ ...size, min })} testId="rate-min" /></Form.Item>
          <Form.Item label={t("rates.max")} htmlFor="rate-max"><AmountInput id="rate-max" value={size.max} onChange={(max) => setSize({ ...size, max })} testId="rate-max" /></Form.Item>
          <Form.Item label={t("rates.volume")} htmlFor="rate-volume"><AmountInput id="rate-volume" value={size.volume} onChange={(volume) => setSize({ ...size, volume })} /></Form.Item>
          <Form.Item label={t("rates.until")} htmlFor="rate-until"><DateInput id="rate-until" value={until} min={today} onChange={setUntil} label={t("rates.until")} testId="rate-until" /></Form.Item>
          <Form.Item label={t("quote.account")} htmlFor="rate-account"><AccountPicker id="rate-account" value={account} onChange={setAccount} label={t("quote.account")} testId="rate-account" /></Form.Item>
        </div>
        <DocumentInput label={t("quote.contract")} hint={t("quote.contractHint")} value={offer.contract} onChange={(contract) => setOffer({ ...offer, contract })} testId="rate-contract" />
        <div className="stack" style={{ marginTop: 16 }}>
          {sample?.cost && <><p className="soft">{t("rates.sample", { days: days.max })}</p><CostFacts cost={sample.cost} testId="rate-sample" /></>}
          {off && <p className="soft">{off}</p>}
          <ActionButton label={t("rates.send")} primary block disabled={off} onClick={post} testId="rate-send" />
        </div>
      </Form>
    </Panel>
  );
}
