import { Alert, Button, Form, Input, Skeleton, Switch } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router-dom";
import { usePages, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { issue } from "../../lib/build";
import { addDays, addMonths } from "../../lib/calendar";
import { type Fen, fenText, humanFen } from "../../lib/money";
import { isCode } from "../../lib/problem";
import type { Invoice, Member, Pack } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput } from "../../parts/Time";
import { Numbers } from "../../parts/numbers";
import { useCover } from "./Cover";
import { useDocument } from "./Document";
import { useLine } from "./Line";
import { NumberPreview, Review } from "./Review";
import { type Hint, hintsOf } from "./terms";

const longestReference = 64;

/** New issues a certificate: to whom, how much, when it is due, for which contract and invoices, on which line. */
export function New(): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const off = !session.is("debtor") ? t("onlyDebtor") : session.may("maker") ? "" : t("onlyMaker");
  return (
    <Page title={t("title")} sub={t("sub")} actions={off === "" && <LinkButton to="/batch" testId="issue-to-batch">{t("toBatch")}</LinkButton>} testId="issue">
      {off === "" ? <Fill /> : <Alert type="info" showIcon title={off} />}
    </Page>
  );
}

function Fill(): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const today = useToday();
  const creditor = useCreditor();
  const pack = useRead<Pack>("/v1/rules/pack", {}, { fresh: 60_000 });
  const [face, setFace] = useState<Fen | null>(null);
  const [maturity, setMaturity] = useState("");
  const reference = useReference();
  const cover = useCover(creditor.id, face ?? 0n, pack.data?.verificationNeeded ?? false);
  const line = useLine(face ?? 0n);
  const green = useGreen();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  if (pack.error) return <ProblemBox error={pack.error} onRetry={pack.retry} />;
  if (!pack.data || today === "") return <Skeleton active paragraph={{ rows: 8 }} />;
  const hints = hintsOf(today, maturity, pack.data, cover.contract, cover.used);
  const off = missing();
  const send = async (): Promise<void> => {
    if (face === null || !cover.contract) return;
    setBusy(true);
    setError(null);
    try {
      const number = (await Numbers.find(session.api, session.member.id, today)).next();
      const proof = green.on ? await green.document.keep() : undefined;
      setBusy(false);
      const done = await sign({
        ...issue({
          number, creditor: creditor.id, face: fenText(face), maturity, reference: reference.text, contract: cover.contract.id,
          ...(line.chosen ? { bank: line.chosen.bank, line: line.chosen.id } : {}), ...(proof ? { green: true, greenProof: proof } : {}),
          allocations: cover.allocations,
        }),
        note: <Hints hints={hints} />,
        after: <p>{t("after")}</p>,
      });
      if (!done) return;
      if (!done.proposal && green.on) await green.document.link("certificate", number);
      void navigate(done.proposal ? `/approvals/${done.proposal.id}` : `/certificates/${number}`);
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  function missing(): string | undefined {
    if (!creditor.ready) return t("first.creditor");
    if (face === null) return t("first.face");
    if (maturity === "") return t("first.maturity");
    if (hints.some((h) => h.mark === "bad")) return t("first.term");
    if (reference.text === "") return t("first.reference");
    if (reference.used) return t("reference.used");
    if (!cover.contract) return t("first.contract");
    if (cover.missing > 0n) return t("first.invoices", { missing: humanFen(cover.missing) });
    if (line.short) return t("first.line");
    return green.on && !green.document.digest ? t("first.green") : undefined;
  }
  const review = hints.some((h) => h.key === "review");
  return (
    <Form layout="vertical">
      <div className="stack">
        <Panel title={t("step.creditor")}>{creditor.form}</Panel>
        <Panel title={t("step.promise")}>
          <div className="grid">
            <Form.Item label={t("face")} htmlFor="face">
              <AmountInput id="face" value={face} onChange={setFace} testId="issue-face" />
            </Form.Item>
            <Maturity today={today} pack={pack.data} value={maturity} onChange={setMaturity} />
            {reference.form}
          </div>
          <Hints hints={hints} />
          {review && <Review face={face} maturity={maturity} />}
        </Panel>
        <Panel title={t("step.background")}>{cover.form}</Panel>
        <Panel title={t("step.line")}>{line.form}</Panel>
        <Panel title={t("step.green")}>{green.form}</Panel>
        <Panel title={t("step.sign")}>
          <div className="stack">
            <NumberPreview />
            {off && <p className="soft" data-testid="issue-missing">{off}</p>}
            {error !== null && <ProblemBox error={error} />}
            <ActionButton label={t("send")} primary block busy={busy} disabled={off} onClick={() => void send()} testId="issue-send" />
          </div>
        </Panel>
      </div>
    </Form>
  );
}

/** Hints shows what the rules say, the worst first. */
export function Hints({ hints }: { hints: readonly Hint[] }): ReactElement | null {
  const { t } = useTranslation("issue");
  const words = useWords();
  if (hints.length === 0) return null;
  const kind = { bad: "error", warn: "warning", soft: "info" } as const;
  return (
    <div className="stack-tight" data-testid="issue-hints">
      {hints.map((h) => (
        <Alert
          key={h.key}
          type={kind[h.mark]}
          showIcon
          data-hint={h.key}
          title={t(`hint.${h.key}`, h.values)}
          description={h.rule ? <span className="small">{words.of("rule", h.rule)} <span className="mono">{h.rule}</span> · {t(`clause.${h.rule}`)}</span> : undefined}
        />
      ))}
    </div>
  );
}

function Maturity({ today, pack, value, onChange }: { today: string; pack: Pack; value: string; onChange: (day: string) => void }): ReactElement {
  const { t } = useTranslation("issue");
  const offered = [1, 2, 3, 6].filter((n) => n <= pack.termOrdinaryMonths);
  return (
    <Form.Item label={t("maturity")} htmlFor="maturity" extra={t("maturityHint", { today, cap: addMonths(today, pack.termCapMonths) })}>
      <DateInput id="maturity" value={value} onChange={onChange} min={addDays(today, 1)} max={addMonths(today, pack.termCapMonths)} testId="issue-maturity" />
      <div className="row" style={{ marginTop: 6, gap: 6 }}>
        {offered.map((n) => (
          <Button key={n} size="small" onClick={() => onChange(addMonths(today, n))} data-testid={`issue-months-${n}`}>
            {t("months", { n })}
          </Button>
        ))}
      </div>
    </Form.Item>
  );
}

/** useCreditor chooses to whom the promise is made, and knows when the supplier has to be invited first. */
function useCreditor(): { id: string; ready: boolean; form: ReactElement } {
  const { t } = useTranslation("issue");
  const session = useSession();
  const [params] = useSearchParams();
  const [id, setId] = useState(params.get("to") ?? "");
  const owed = usePages<Invoice>("/v1/invoices", { role: "buyer", member: session.member.id, open: true }, 100);
  const known = [...new Set(owed.items.map((i) => i.seller))].slice(0, 50);
  const member = useRead<Member>(id ? `/v1/members/${id}` : null);
  const unknown = !!member.error && (isCode(member.error, "NOT_FOUND") || isCode(member.error, "NOT_AUTHORISED"));
  const ready = !!member.data && member.data.roles.includes("holder") && member.data.state === "active" && id !== session.member.id;
  const form = (
    <>
      <Form.Item label={t("creditor")} htmlFor="creditor" extra={t("creditorHint")} style={{ maxWidth: 480 }}>
        <MemberPicker id="creditor" value={id} onChange={setId} known={known} not={[session.member.id]} roles={["holder"]} label={t("creditor")} testId="issue-creditor" />
      </Form.Item>
      {member.data?.state === "suspended" && <Alert type="warning" showIcon title={t("suspended")} />}
      {unknown && (
        <Alert
          type="info"
          showIcon
          title={t("invite.title")}
          description={t("invite.hint")}
          action={<LinkButton to={`/settings/invitations?id=${id}`} testId="issue-invite">{t("invite.go")}</LinkButton>}
        />
      )}
      {!unknown && !ready && <p className="soft small">{t("invite.not")} <Link to="/settings/invitations">{t("invite.go")}</Link></p>}
    </>
  );
  return { id, ready, form };
}

/** useReference takes the debtor's own payment reference, which issues once, for ever. */
function useReference(): { text: string; used: boolean; form: ReactElement } {
  const { t } = useTranslation("issue");
  const session = useSession();
  const [typed, setTyped] = useState("");
  const [left, setLeft] = useState("");
  const text = typed.trim();
  const found = useRead<{ certificate: string }>(left && left === text ? `/v1/references/${session.member.id}/${encodeURIComponent(left)}` : null);
  const used = left === text && !!found.data;
  const form = (
    <Form.Item label={t("reference.label")} htmlFor="reference" extra={t("reference.hint")} validateStatus={used ? "error" : undefined} help={used ? <>{t("reference.used")} <Link to={`/certificates/${found.data?.certificate}`}>{t("reference.see")}</Link></> : undefined}>
      <Input id="reference" value={typed} maxLength={longestReference} onChange={(e) => setTyped(e.target.value)} onBlur={() => setLeft(text)} data-testid="issue-reference" />
    </Form.Item>
  );
  return { text, used, form };
}

/** useGreen marks a certificate as green, with a document that shows why. */
function useGreen(): { on: boolean; document: ReturnType<typeof useDocument>; form: ReactElement } {
  const { t } = useTranslation("issue");
  const [on, setOn] = useState(false);
  const document = useDocument("issue-green-proof");
  const form = (
    <div className="stack">
      <div className="row">
        <Switch checked={on} onChange={setOn} aria-label={t("green.label")} data-testid="issue-green" />
        <span>{t("green.label")}</span>
      </div>
      {on && document.form(t("green.document"), t("green.hint"))}
    </div>
  );
  return { on, document, form };
}
