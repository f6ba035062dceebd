import { Button, Form, Modal } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFunctions } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { batches } from "../../lib/build";
import type { Call } from "../../lib/arguments";
import { humanFen, humanRate, parseFen, sumFen } from "../../lib/money";
import type { FinancingView } from "../../lib/records";
import { AccountPicker } from "../../parts/AccountPicker";
import { DocumentInput } from "../../parts/DocumentInput";
import { ProblemBox } from "../../parts/ProblemBox";
import { useNow } from "../../parts/deal";
import type { Decided } from "./policy";
import { expiryOf, pricedTerms, quoteCall, valueDateOf } from "./quoting";

const usualHours = 24;

/** AutoQuote quotes at once for all requests that the policy prices and that have no quote of the bank yet. */
export function AutoQuote({ decided }: { decided: (Decided | undefined)[] }): ReactElement | null {
  const { t } = useTranslation("bank");
  const [open, setOpen] = useState(false);
  const priced = decided.filter((d): d is Decided => d?.terms !== undefined);
  if (priced.length === 0) return null;
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)} data-testid="auto-quote">{t("auto.label", { count: priced.length })}</Button>
      {open && <Fill priced={priced} onEnd={() => setOpen(false)} />}
    </>
  );
}

function Fill({ priced, onEnd }: { priced: Decided[]; onEnd: () => void }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const functions = useFunctions();
  const now = useNow();
  const [account, setAccount] = useState("");
  const [contract, setContract] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const quote = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const made = await make();
      onEnd();
      const facts = { lines: made.map((m) => ({ label: m.id, text: m.text })), amount: undefined };
      if (functions?.get("financing:Quote")?.batchable) {
        for (const b of batches(made.map((m) => m.quote))) await sign({ ...b, title: t("auto.title"), facts });
      } else {
        for (const m of made) if (!(await sign(m.quote))) break;
      }
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const make = async (): Promise<{ id: string; text: string; quote: Call<"financing:Quote"> }[]> => {
    const made: { id: string; text: string; quote: Call<"financing:Quote"> }[] = [];
    for (const d of priced) {
      const f = await session.api.get<FinancingView>(`/v1/financings/${d.financing}`);
      const own = f.quotes.find((q) => q.bank === session.member.id);
      if (f.state !== "requested" || !d.terms || (own && own.state !== "expired")) continue; // what a person took back stays back
      const expires = expiryOf(f, now, d.terms.validHours || usualHours);
      const terms = pricedTerms(d.terms, valueDateOf(expires), contract);
      const quote = await quoteCall({ network: session.identity.network, bank: session.member.id, account, expires }, f, terms);
      made.push({ id: f.id, text: `¥${humanFen(f.amount)} · ${humanRate(terms.rate)} %`, quote });
    }
    return made;
  };
  const amounts = sumFen(priced.map((d) => parseFen(String(d.facts[0]?.["scenario"]?.["amount"] ?? "0.00"))));
  return (
    <Modal open title={t("auto.title")} onCancel={onEnd} onOk={() => void quote()} confirmLoading={busy} okText={t("auto.next")} cancelText={t("cancel")} okButtonProps={{ disabled: account === "" || contract === "" || now === "", ...{ "data-testid": "auto-quote-next" } }} destroyOnHidden>
      <Form layout="vertical">
        <p className="soft">{t("auto.about", { count: priced.length, amount: humanFen(amounts) })}</p>
        <Form.Item label={t("quote.account")} htmlFor="auto-account" style={{ marginTop: 12 }}>
          <AccountPicker id="auto-account" value={account} onChange={setAccount} label={t("quote.account")} testId="auto-account" />
        </Form.Item>
        <DocumentInput label={t("quote.contract")} hint={t("quote.contractHint")} value={contract} onChange={setContract} testId="auto-contract" />
        {error !== null && <ProblemBox error={error} />}
      </Form>
    </Modal>
  );
}
