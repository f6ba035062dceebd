import { Alert, Form } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { remaining } from "../../lib/build";
import { type Fen, fenText, parseFen } from "../../lib/money";
import type { Invoice as Recorded } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { Digest, MemberName } from "../../parts/Names";
import { Figure, LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateText, InstantText } from "../../parts/Time";
import { Checked } from "./Cover";
import { useDocument } from "./Document";
import { Files } from "./Files";

/** Invoice is one invoice: what of it is used, what a bank found, and its red letters. */
export function Invoice(): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const today = useToday();
  const { id = "" } = useParams();
  const read = useRead<Recorded>(`/v1/invoices/${id}`);
  const i = read.data;
  const issues = !!i && i.buyer === session.member.id && session.is("debtor") && session.may("maker") && remaining(i) > 0n;
  return (
    <Page
      title={t("invoice.one")}
      sub={<span className="mono">{id.slice(0, 16)}…</span>}
      crumbs={[{ title: t("evidence.title"), to: "/evidence" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      actions={issues && <LinkButton to={`/issue?to=${i.seller}&contract=${encodeURIComponent(i.contract)}`} primary testId="invoice-issue">{t("contract.issue")}</LinkButton>}
      testId="invoice"
    >
      {i && (
        <div className="stack">
          <div className="grid">
            <Figure label={t("invoice.amount")} value={<Money amount={i.amount} />} />
            <Figure label={t("invoice.allocated")} value={<Money amount={i.allocated} />} />
            {i.cancelled !== "0.00" && <Figure label={t("invoice.cancelled")} value={<span className="bad"><Money amount={i.cancelled} /></span>} />}
            <Figure label={t("invoice.remaining")} value={<Money amount={remaining(i)} />} accent testId="invoice-remaining" />
          </div>
          <Panel>
            <Facts
              items={[
                { label: t("seller"), value: <MemberName id={i.seller} withCode link /> },
                { label: t("buyer"), value: <MemberName id={i.buyer} withCode link /> },
                { label: t("invoice.date"), value: <DateText date={i.date} /> },
                { label: t("invoice.due"), value: i.due && <DateText date={i.due} from={today || undefined} /> },
                { label: t("contract.one"), value: <Link to={`/issue/contracts/${encodeURIComponent(i.contract)}`} className="mono">{i.contract.slice(0, 16)}</Link> },
                { label: t("delivery.one"), value: i.delivery && <Link to={`/issue/deliveries/${encodeURIComponent(i.delivery)}`} className="mono">{i.delivery.slice(0, 16)}</Link> },
                { label: t("recordedBy"), value: <><MemberName id={i.recordedBy} /> · <InstantText at={i.recorded} /></> },
                { label: t("invoice.fingerprint"), value: <Digest value={i.fingerprint} /> },
              ]}
            />
          </Panel>
          <Verified invoice={i} />
          {(i.seller === session.member.id || i.buyer === session.member.id) && session.may("maker") && parseFen(i.amount) > parseFen(i.cancelled) && <RedLetter invoice={i} />}
          <Files kind="invoice" id={i.fingerprint} />
        </div>
      )}
    </Page>
  );
}

function Verified({ invoice: i }: { invoice: Recorded }): ReactElement {
  const { t } = useTranslation("issue");
  const words = useWords();
  const v = i.verified;
  return (
    <Panel title={t("checked.title")} testId="invoice-verified">
      <div className="stack">
        <div><Checked invoice={i} /> {!v.bank && <span className="soft">{t("checked.ask")}</span>}</div>
        {v.bank && (
          <Facts
            items={[
              { label: t("checked.bank"), value: <MemberName id={v.bank} /> },
              { label: t("checked.kind"), value: words.of("verification", v.kind) },
              { label: t("checked.at"), value: <InstantText at={v.at} exact /> },
              { label: t("document.digest"), value: <Digest value={v.document} /> },
            ]}
          />
        )}
        {i.redLetters.length > 0 && <Alert type="warning" showIcon title={t("red.there", { count: i.redLetters.length })} />}
      </div>
    </Panel>
  );
}

/** RedLetter records that a red-letter invoice cancels all or part of this one. */
function RedLetter({ invoice: i }: { invoice: Recorded }): ReactElement {
  const { t } = useTranslation("issue");
  const sign = useSign();
  const [open, setOpen] = useState(false);
  const most = parseFen(i.amount) - parseFen(i.cancelled);
  const [amount, setAmount] = useState<Fen | null>(most);
  const [error, setError] = useState<unknown>(null);
  const document = useDocument("red-letter-document");
  const off = amount === null || amount > most ? t("first.amount") : !document.digest ? t("first.document") : undefined;
  const send = async (): Promise<void> => {
    setError(null);
    try {
      const digest = await document.keep();
      const done = await sign({ ...call("evidence:RedLetter", { invoice: i.fingerprint, amount: fenText(amount ?? 0n), document: digest }) });
      if (done) {
        await document.link("invoice", i.fingerprint);
        setOpen(false);
      }
    } catch (reason) {
      setError(reason);
    }
  };
  if (!open) return <div><ActionButton label={t("red.title")} danger onClick={() => setOpen(true)} testId="red-letter" /></div>;
  return (
    <Panel title={t("red.title")}>
      <Form layout="vertical">
        <p className="soft">{t("red.hint")}</p>
        <Form.Item label={t("red.amount")} htmlFor="red-amount" style={{ maxWidth: 320 }}>
          <AmountInput id="red-amount" value={amount} onChange={setAmount} max={most} testId="red-letter-amount" />
        </Form.Item>
        {document.form(t("red.document"), t("document.hint"))}
        {error !== null && <ProblemBox error={error} />}
        <div className="row" style={{ marginTop: 12 }}>
          <ActionButton label={t("red.send")} danger disabled={off} onClick={() => void send()} testId="red-letter-send" />
          <ActionButton label={t("cancel")} onClick={() => setOpen(false)} testId="red-letter-cancel" />
        </div>
      </Form>
    </Panel>
  );
}
