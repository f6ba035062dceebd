import { Alert, Form, Input, Modal, Radio, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { type Fen, fenText } from "../../lib/money";
import { parseCertificateNumber } from "../../lib/number";
import { type Fingerprints, type Invoice, type TermReview, type VerificationKind, verificationKinds } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { DocumentInput } from "../../parts/DocumentInput";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput, DateText, InstantText } from "../../parts/Time";
import { Sub } from "./Sub";

/** Review is what a bank's reviewer attests: that invoices are real, and that a long term is justified. */
export function Review(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  return (
    <Page title={t("review.title")} sub={t("review.sub")} testId="bank-review">
      <Sub of="desk" />
      <div className="stack">
        {!session.may("reviewer") && <Alert type="info" showIcon title={t("onlyReviewer")} />}
        <Invoices />
        <Term />
        <Terms />
      </div>
    </Page>
  );
}

function Invoices(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const [show, setShow] = useState("open");
  const [one, setOne] = useState<Invoice | null>(null);
  const pages = usePages<Invoice>("/v1/invoices", {}, 200);
  const own = session.member.id;
  const rows = pages.items.filter((i) => i.seller !== own && i.buyer !== own && (show === "all" || (show === "open") === (i.verified.bank === "")));
  const off = session.may("reviewer") ? undefined : t("onlyReviewer");
  const columns: Column<Invoice>[] = [
    { key: "seller", title: t("review.seller"), phone: "title", render: (i) => <MemberName id={i.seller} /> },
    { key: "buyer", title: t("review.buyer"), render: (i) => <MemberName id={i.buyer} /> },
    { key: "amount", title: t("amount"), end: true, render: (i) => <Money amount={i.amount} /> },
    { key: "date", title: t("review.date"), render: (i) => <DateText date={i.date} /> },
    { key: "used", title: t("review.used"), end: true, phone: "hide", render: (i) => <Money amount={i.allocated} /> },
    { key: "verified", title: t("review.verified"), render: (i) => i.verified.bank === "" ? <span className="soft">{t("review.not")}</span> : <span className={i.verified.good ? "good" : "bad"}>{t(i.verified.good ? "review.good" : "review.bad")}</span> },
    { key: "do", title: t("do"), render: (i) => <ActionButton label={t("review.attest")} disabled={off} onClick={() => setOne(i)} testId={`review-${i.fingerprint.slice(0, 12)}`} /> },
  ];
  return (
    <Panel
      title={t("review.invoices")}
      actions={<Segmented value={show} onChange={(v) => setShow(String(v))} options={["open", "done", "all"].map((v) => ({ value: v, label: t(`review.show.${v}`) }))} aria-label={t("requests.show")} />}
    >
      <PagedTable
        label={t("review.invoices")}
        columns={columns}
        rows={pages.isLoading || pages.error ? undefined : rows}
        pages={pages.isLoading || pages.error || pages.hasMore ? pages : undefined}
        rowKey={(i) => i.fingerprint}
        empty={<EmptyState title={t("review.none")} hint={t("review.noneHint")} />}
        testId="review-list"
      />
      {one && <Attest invoice={one} onEnd={() => setOne(null)} />}
    </Panel>
  );
}

/** Attest compares the tax invoice's own numbers with the fingerprint on the ledger, and signs what was found. */
function Attest({ invoice: i, onEnd }: { invoice: Invoice; onEnd: () => void }): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const [kind, setKind] = useState<VerificationKind>("tax-check");
  const [good, setGood] = useState<boolean | null>(null);
  const [document, setDocument] = useState("");
  const [code, setCode] = useState("");
  const [number, setNumber] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [other, setOther] = useState(false);
  const ready = good !== null && document !== "" && (!good || number.trim() !== "");
  const send = async (): Promise<void> => {
    setError(null);
    setOther(false);
    try {
      let others: string[] = [];
      if (good) {
        const facts = { code: code.trim() || undefined, number: number.trim(), date: i.date, seller: i.seller, buyer: i.buyer, amount: i.amount };
        const [made] = (await session.api.post<Fingerprints>("/v1/evidence/fingerprints", { facts: [facts] })).fingerprints;
        const all = [made?.fingerprint, ...(made?.earlier ?? [])].filter((f): f is string => !!f);
        if (!all.includes(i.fingerprint)) return setOther(true);
        others = all.filter((f) => f !== i.fingerprint);
      }
      onEnd();
      await sign({ ...call("evidence:Verify", { invoice: i.fingerprint, kind, good: good ?? false, document, others: others.length > 0 ? others : undefined }), facts: { amount: i.amount } });
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Modal open title={t("review.attest")} onCancel={onEnd} onOk={() => void send()} okText={t("next")} cancelText={t("cancel")} okButtonProps={{ disabled: !ready, ...{ "data-testid": "review-next" } }} width={640} destroyOnHidden>
      <Form layout="vertical">
        <Facts items={[{ label: t("review.seller"), value: <MemberName id={i.seller} withCode /> }, { label: t("review.buyer"), value: <MemberName id={i.buyer} withCode /> }, { label: t("amount"), value: <Money amount={i.amount} /> }, { label: t("review.date"), value: i.date && <DateText date={i.date} /> }]} />
        <Form.Item label={t("review.kind")} style={{ marginTop: 16 }}>
          <Radio.Group value={kind} onChange={(e) => setKind(e.target.value as VerificationKind)} options={verificationKinds.map((k) => ({ value: k, label: words.of("verification", k) }))} />
        </Form.Item>
        <Form.Item label={t("review.result")}>
          <Radio.Group value={good} onChange={(e) => setGood(e.target.value as boolean)} options={[{ value: true, label: t("review.good") }, { value: false, label: t("review.bad") }]} data-testid="review-result" />
        </Form.Item>
        {good && (
          <div className="grid" style={{ gap: "0 16px" }}>
            <Form.Item label={t("review.number")} htmlFor="review-number" extra={t("review.numberHint")}>
              <Input id="review-number" value={number} maxLength={20} onChange={(e) => setNumber(e.target.value)} data-testid="review-number" />
            </Form.Item>
            <Form.Item label={t("review.code")} htmlFor="review-code" extra={t("review.codeHint")}>
              <Input id="review-code" value={code} maxLength={12} onChange={(e) => setCode(e.target.value)} data-testid="review-code" />
            </Form.Item>
          </div>
        )}
        <DocumentInput label={t("review.document")} value={document} onChange={setDocument} testId="review-document" />
        {other && <Alert type="error" showIcon title={t("review.other")} data-testid="review-other" />}
        {error !== null && <ProblemBox error={error} />}
      </Form>
    </Modal>
  );
}

/** Term attests that a term above the ordinary cap is justified, for exactly one certificate that is issued later. */
function Term(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const [number, setNumber] = useState("");
  const [face, setFace] = useState<Fen | null>(null);
  const [maturity, setMaturity] = useState("");
  const [reason, setReason] = useState("");
  const read = parseCertificateNumber(number.replace(/\s/g, ""));
  const off = !session.may("reviewer") ? t("onlyReviewer") : !read ? t("term.first.number") : face === null || maturity === "" || reason.trim() === "" ? t("term.first.rest") : undefined;
  const send = (): void => {
    void sign({ ...call("certificate:ReviewTerm", { number: number.replace(/\s/g, ""), debtor: read?.debtor ?? "", face: fenText(face ?? 0n), maturity, reason: reason.trim() }), after: <p>{t("term.after")}</p> });
  };
  return (
    <Panel title={t("term.title")} testId="term-form">
      <Form layout="vertical">
        <p className="soft">{t("term.about")}</p>
        <div className="grid" style={{ gap: "0 16px", marginTop: 12 }}>
          <Form.Item label={t("term.number")} htmlFor="term-number" extra={read ? <MemberName id={read.debtor} /> : t("term.numberHint")}>
            <Input id="term-number" className="mono" value={number} onChange={(e) => setNumber(e.target.value)} data-testid="term-number" />
          </Form.Item>
          <Form.Item label={t("term.face")} htmlFor="term-face"><AmountInput id="term-face" value={face} onChange={setFace} testId="term-face" /></Form.Item>
          <Form.Item label={t("term.maturity")} htmlFor="term-maturity"><DateInput id="term-maturity" value={maturity} min={today} onChange={setMaturity} label={t("term.maturity")} testId="term-maturity" /></Form.Item>
        </div>
        <Form.Item label={t("term.reason")} htmlFor="term-reason">
          <Input.TextArea id="term-reason" rows={2} maxLength={256} value={reason} onChange={(e) => setReason(e.target.value)} data-testid="term-reason" />
        </Form.Item>
        <ActionButton label={t("term.send")} primary disabled={off} onClick={send} testId="term-send" />
      </Form>
    </Panel>
  );
}

/** Terms are the long terms that the bank has signed for: those that can still be issued, or all. */
function Terms(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const [show, setShow] = useState("open");
  const pages = usePages<TermReview>("/v1/reviews", { bank: session.member.id, ...(show === "all" ? { all: "true" } : {}) }, 200);
  const columns: Column<TermReview>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (r) => <MemberName id={r.debtor} /> },
    { key: "number", title: t("term.number"), render: (r) => <CertificateLink number={r.certificate} plain={!r.issued || !session.viewer.seesAll} /> },
    { key: "face", title: t("term.face"), end: true, render: (r) => <Money amount={r.face} /> },
    { key: "maturity", title: t("term.maturity"), render: (r) => <DateText date={r.maturity} /> },
    { key: "reason", title: t("term.reason"), render: (r) => r.reason },
    { key: "at", title: t("term.signed"), render: (r) => <InstantText at={r.at} /> },
    { key: "issued", title: t("term.issued"), render: (r) => t(r.issued ? "term.yes" : "term.no") },
  ];
  return (
    <Panel
      title={t("term.list")}
      actions={<Segmented value={show} onChange={(v) => setShow(String(v))} options={["open", "all"].map((v) => ({ value: v, label: t(`term.show.${v}`) }))} aria-label={t("requests.show")} />}
    >
      <PagedTable label={t("term.list")} columns={columns} pages={pages} rowKey={(r) => r.certificate} empty={<EmptyState title={t("term.none")} hint={t("term.noneHint")} />} testId="term-list" />
    </Panel>
  );
}
