import { Alert, Collapse, Form, InputNumber, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "../../app/i18n";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { addDays } from "../../lib/calendar";
import { type Part, termsFault } from "../../lib/cost";
import { parseFen } from "../../lib/money";
import { type FinancingKind, type FinancingView, type InterestMode, type Terms, financingKinds, interestModes } from "../../lib/records";
import { AccountPicker } from "../../parts/AccountPicker";
import { AmountInput } from "../../parts/AmountInput";
import { CostFacts, TermsFacts } from "../../parts/Deal";
import { DocumentInput } from "../../parts/DocumentInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { RateInput } from "../../parts/RateInput";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput, InstantText } from "../../parts/Time";
import { costIn, useNow, useParts } from "../../parts/deal";
import type { Decided } from "./policy";
import { type Offer, expiryOf, offerOf, quoteCall, termsOf, valueDateOf } from "./quoting";

const usualHours = 24;

interface Props {
  financing: FinancingView;
  decided: Decided | null;
}

/** QuoteForm makes a quote, beginning at the policy's price; what it comes to is worked out while it is filled in. */
export function QuoteForm({ financing: f, decided }: Props): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const now = useNow();
  const [hours, setHours] = useState(decided?.terms?.validHours || usualHours);
  const [given, setGiven] = useState<Partial<Offer>>({});
  const [account, setAccount] = useState("");
  const [error, setError] = useState<unknown>(null);
  const expires = now ? expiryOf(f, now, hours) : "";
  const offer: Offer = { ...offerOf(decided?.terms, expires ? valueDateOf(expires) : ""), ...given };
  const set = (part: Partial<Offer>): void => setGiven({ ...given, ...part });
  const { parts } = usePartsOr(f, decided, now);
  const terms = termsOf(offer);
  const worth = terms && parts && terms.valueDate ? costIn(terms, parts, currentLanguage()) : null;
  const off = useOff(terms, account, worth?.fault ?? "");
  const send = async (): Promise<void> => {
    if (!terms) return;
    setError(null);
    try {
      const quote = await quoteCall({ network: session.identity.network, bank: session.member.id, account, expires }, f, terms);
      await sign({
        ...quote,
        facts: { amount: f.amount, allIn: worth?.cost?.allIn },
        note: <><TermsFacts terms={terms} />{worth?.cost && <CostFacts cost={worth.cost} />}</>,
        after: <p>{t("quote.after")}</p>,
      });
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Panel title={t("quote.title")} testId="quote-form">
      <Form layout="vertical">
        <p className="soft">{t(decided?.terms ? "quote.fromPolicy" : "quote.about")}</p>
        <div className="grid-two" style={{ marginTop: 12 }}>
          <div>
            <Fields offer={offer} set={set} hours={hours} setHours={setHours} account={account} setAccount={setAccount} today={now.slice(0, 10)} />
          </div>
          <div className="stack" aria-live="polite" data-testid="quote-cost">
            {worth?.cost ? (
              <CostFacts cost={worth.cost} testId="quote-cost-facts" />
            ) : worth?.fault ? (
              <Alert type="warning" showIcon title={worth.fault} />
            ) : (
              <p className="soft">{t(parts ? "quote.fill" : "quote.blind")}</p>
            )}
            {expires && <p className="soft">{t("quote.expires")} <InstantText at={expires} /></p>}
            <Alert type="info" showIcon title={t("quote.sealed")} />
          </div>
        </div>
        {off && <p className="soft" data-testid="quote-missing">{off}</p>}
        {error !== null && <ProblemBox error={error} />}
        <ActionButton label={t("quote.send")} primary block disabled={off} onClick={() => void send()} testId="quote-send" />
      </Form>
    </Panel>
  );
}

/** usePartsOr takes the payment dates of the certificates; a bank that may not see them knows them when all fen are due in equally many days. */
function usePartsOr(f: FinancingView, decided: Decided | null, now: string): { parts: Part[] | null } {
  const { parts } = useParts(f.settlement.legs);
  const [min, max] = [decided?.facts[0]?.["scenario"]?.["minDays"], decided?.facts[0]?.["scenario"]?.["maxDays"]];
  if (parts) return { parts };
  if (typeof min !== "number" || min !== max || now === "") return { parts: null };
  return { parts: [{ amount: parseFen(f.amount), payment: addDays(now.slice(0, 10), min) }] };
}

/** useOff is why the quote cannot be made yet. */
function useOff(terms: Terms | null, account: string, fault: string): string | undefined {
  const { t } = useTranslation("bank");
  const session = useSession();
  if (!session.may("maker")) return t("onlyMaker");
  if (!terms) return t("quote.first.rate");
  if (!terms.contract) return t("quote.first.contract");
  if (terms.guarantor !== "" && (parseFen(terms.guarantee) === 0n || !terms.guaranteeContract)) return t("quote.first.guarantee");
  if (terms.interest === "at-maturity" && terms.kind === "sale-without-recourse") return t("quote.first.maturity");
  if (account === "") return t("quote.first.account");
  return termsFault(terms) || fault || undefined;
}

interface FieldsProps {
  offer: Offer;
  set: (part: Partial<Offer>) => void;
  hours: number;
  setHours: (hours: number) => void;
  account: string;
  setAccount: (account: string) => void;
  today: string;
}

function Fields({ offer: o, set, hours, setHours, account, setAccount, today }: FieldsProps): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  return (
    <>
      <Form.Item label={t("quote.kind")} htmlFor="quote-kind">
        <Select id="quote-kind" value={o.kind} onChange={(kind: FinancingKind) => set({ kind })} options={financingKinds.map((k) => ({ value: k, label: words.of("financingKind", k) }))} data-testid="quote-kind" />
      </Form.Item>
      <div className="grid" style={{ gap: "0 16px" }}>
        <Form.Item label={t("quote.rate")} htmlFor="quote-rate">
          <RateInput id="quote-rate" value={o.rate} onChange={(rate) => set({ rate })} label={t("quote.rate")} testId="quote-rate" />
        </Form.Item>
        <Form.Item label={t("quote.basis")} htmlFor="quote-basis">
          <Select id="quote-basis" value={o.basis} onChange={(basis) => set({ basis })} options={[{ value: 360, label: "360" }, { value: 365, label: "365" }]} />
        </Form.Item>
        <Form.Item label={t("quote.fee")} htmlFor="quote-fee">
          <AmountInput id="quote-fee" value={o.fee} onChange={(fee) => set({ fee })} testId="quote-fee" />
        </Form.Item>
        <Form.Item label={t("quote.valueDate")} htmlFor="quote-value-date" extra={t("quote.valueDateHint")}>
          <DateInput id="quote-value-date" value={o.valueDate} min={today} onChange={(valueDate) => set({ valueDate })} label={t("quote.valueDate")} testId="quote-value-date" />
        </Form.Item>
        <Form.Item label={t("quote.hours")} htmlFor="quote-hours">
          <InputNumber id="quote-hours" min={1} max={720} precision={0} value={hours} onChange={(v) => setHours(v ?? 1)} style={{ width: "100%" }} data-testid="quote-hours" />
        </Form.Item>
        <Form.Item label={t("quote.account")} htmlFor="quote-account">
          <AccountPicker id="quote-account" value={account} onChange={setAccount} label={t("quote.account")} testId="quote-account" />
        </Form.Item>
      </div>
      <DocumentInput label={t("quote.contract")} hint={t("quote.contractHint")} value={o.contract} onChange={(contract) => set({ contract })} testId="quote-contract" />
      <Collapse
        style={{ margin: "16px 0" }}
        items={[{ key: "more", label: t("quote.more"), children: <More offer={o} set={set} />, ...{ "data-testid": "quote-more" } }]}
      />
    </>
  );
}

function More({ offer: o, set }: { offer: Offer; set: (part: Partial<Offer>) => void }): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  return (
    <>
      <Form.Item label={t("quote.interest")} htmlFor="quote-interest">
        <Select id="quote-interest" value={o.interest} onChange={(interest: InterestMode) => set({ interest })} options={interestModes.map((m) => ({ value: m, label: words.of("interest", m) }))} />
      </Form.Item>
      <Form.Item label={t("quote.advance")} htmlFor="quote-advance">
        <RateInput id="quote-advance" value={o.advance} onChange={(advance) => set({ advance })} label={t("quote.advance")} testId="quote-advance" />
      </Form.Item>
      <Form.Item label={t("quote.supplierInterest")} htmlFor="quote-supplier-interest" extra={t("quote.shareHint")}>
        <RateInput id="quote-supplier-interest" value={o.supplierInterest} onChange={(supplierInterest) => set({ supplierInterest })} label={t("quote.supplierInterest")} />
      </Form.Item>
      <Form.Item label={t("quote.supplierFee")} htmlFor="quote-supplier-fee">
        <RateInput id="quote-supplier-fee" value={o.supplierFee} onChange={(supplierFee) => set({ supplierFee })} label={t("quote.supplierFee")} />
      </Form.Item>
      <Form.Item label={t("quote.guarantor")} htmlFor="quote-guarantor">
        <MemberPicker id="quote-guarantor" value={o.guarantor} onChange={(guarantor) => set({ guarantor })} roles={["guarantor"]} label={t("quote.guarantor")} testId="quote-guarantor" />
      </Form.Item>
      {o.guarantor !== "" && (
        <>
          <Form.Item label={t("quote.guarantee")} htmlFor="quote-guarantee">
            <AmountInput id="quote-guarantee" value={o.guarantee} onChange={(guarantee) => set({ guarantee })} />
          </Form.Item>
          <Form.Item label={t("quote.guaranteeFee")} htmlFor="quote-guarantee-fee">
            <AmountInput id="quote-guarantee-fee" value={o.guaranteeFee} onChange={(guaranteeFee) => set({ guaranteeFee })} />
          </Form.Item>
          <DocumentInput label={t("quote.guaranteeContract")} value={o.guaranteeContract} onChange={(guaranteeContract) => set({ guaranteeContract })} testId="quote-guarantee-contract" />
        </>
      )}
    </>
  );
}
