import { Alert, Form, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { addMonths } from "../../lib/calendar";
import { type FinancingView, type Registration, type RegistrationKind, registrationKinds } from "../../lib/records";
import { DocumentInput } from "../../parts/DocumentInput";
import { InstantInput } from "../../parts/InstantInput";
import { Copy, Digest } from "../../parts/Names";
import { Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput, DateText, InstantText } from "../../parts/Time";
import { useNow, useParts } from "../../parts/deal";

/** Registry is the unified registry (中登网): the text to paste there, and the numbers that come back. */
export function Registry({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("bank");
  const text = useRead<{ text: string }>(`/v1/financings/${f.id}/registry-text`);
  return (
    <Panel title={t("registry.title")} testId="registry">
      <div className="stack">
        <p className="soft">{t("registry.about")}</p>
        {text.error !== null && text.error !== undefined && <ProblemBox error={text.error} onRetry={text.retry} />}
        {text.data && (
          <div>
            <div className="row-between">
              <span className="strong">{t("registry.text")}</span>
              <span>{t("registry.copy")} <Copy text={text.data.text} label={t("registry.copy")} /></span>
            </div>
            <pre className="argument" tabIndex={0} lang="zh-CN" data-testid="registry-text">{text.data.text}</pre>
          </div>
        )}
        {f.registrations.length > 0 && <Entries entries={f.registrations} />}
        {f.registered !== "" && f.duty === null ? (
          <details>
            <summary>{t("registry.another")}</summary>
            <div style={{ marginTop: 12 }}><Enter financing={f} key={f.registrations.length} /></div>
          </details>
        ) : (
          <Enter financing={f} key={f.registrations.length} />
        )}
      </div>
    </Panel>
  );
}

function Entries({ entries }: { entries: Registration[] }): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  const columns: Column<Registration>[] = [
    { key: "kind", title: t("registry.kind"), phone: "title", render: (r) => words.of("registration", r.kind) },
    { key: "number", title: t("registry.number"), render: (r) => <span className="mono">{r.number}</span> },
    { key: "entered", title: t("registry.entered"), render: (r) => <InstantText at={r.entered} /> },
    { key: "until", title: t("registry.until"), render: (r) => <DateText date={r.until} /> },
    { key: "proof", title: t("registry.proof"), phone: "hide", render: (r) => <Digest value={r.proof} /> },
    { key: "note", title: t("registry.note"), render: (r) => (r.corrected ? t("registry.corrected", { number: r.corrected }) : r.corrects ? t("registry.corrects", { number: r.corrects }) : null) },
  ];
  return <PagedTable label={t("registry.entries")} columns={columns} rows={entries} rowKey={(r) => String(r.sequence)} testId="registry-entries" />;
}

/** nextOf is the entry that the registry gets next. */
function nextOf(f: FinancingView): RegistrationKind {
  if (f.duty) return f.duty;
  if (f.searched === null) return "search";
  return f.registered === "" ? "initial" : "change";
}

function Enter({ financing: f }: { financing: FinancingView }): ReactElement | null {
  const { t } = useTranslation("bank");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const now = useNow();
  const { parts } = useParts(f.settlement.legs);
  const [kind, setKind] = useState<RegistrationKind>(nextOf(f));
  const [number, setNumber] = useState("");
  const [proof, setProof] = useState("");
  const [given, setEntered] = useState("");
  const [last, setUntil] = useState("");
  const [corrects, setCorrects] = useState(0);
  const payment = parts?.map((p) => p.payment).sort().at(-1) ?? "";
  const lasts = kind === "initial" || kind === "change";
  const entered = given || now;
  const until = last || (payment ? addMonths(payment, 1) : now ? addMonths(now.slice(0, 10), 12) : "");
  const off = !session.may("maker") ? t("onlyMaker") : number.trim() === "" ? t("registry.first.number") : proof === "" ? t("registry.first.proof") : entered === "" ? t("registry.first.entered") : undefined;
  if (["cancelled", "lapsed"].includes(f.state)) return null;
  const record = (): void => {
    void sign({
      ...call("registration:Record", { financing: f.id, kind, number: number.trim(), entered, proof, until: lasts ? until : undefined, corrects: corrects || undefined }),
      after: <p>{t(`registry.after.${kind}`)}</p>,
    });
  };
  const same = f.registrations.filter((r) => r.kind === kind && r.corrected === 0);
  return (
    <Form layout="vertical" data-testid="registry-form">
      <Alert type="info" showIcon title={t(`registry.do.${kind}`)} style={{ marginBottom: 16 }} />
      <div className="grid" style={{ gap: "0 16px" }}>
        <Form.Item label={t("registry.kind")} htmlFor="registry-kind">
          <Select id="registry-kind" value={kind} onChange={setKind} options={registrationKinds.map((k) => ({ value: k, label: words.of("registration", k) }))} data-testid="registry-kind" />
        </Form.Item>
        <Form.Item label={t("registry.number")} htmlFor="registry-number">
          <Input id="registry-number" className="mono" value={number} maxLength={64} onChange={(e) => setNumber(e.target.value)} data-testid="registry-number" />
        </Form.Item>
        <Form.Item label={t("registry.entered")} htmlFor="registry-entered">
          <InstantInput id="registry-entered" value={entered} onChange={setEntered} label={t("registry.entered")} testId="registry-entered" />
        </Form.Item>
        {lasts && (
          <Form.Item label={t("registry.until")} htmlFor="registry-until" extra={payment && t("registry.untilHint", { date: payment })}>
            <DateInput id="registry-until" value={until} min={payment || undefined} onChange={setUntil} label={t("registry.until")} testId="registry-until" />
          </Form.Item>
        )}
        {same.length > 0 && (
          <Form.Item label={t("registry.correctsWhich")} htmlFor="registry-corrects">
            <Select id="registry-corrects" value={corrects} onChange={setCorrects} options={[{ value: 0, label: t("registry.none") }, ...same.map((r) => ({ value: r.sequence, label: r.number }))]} />
          </Form.Item>
        )}
      </div>
      <DocumentInput label={t("registry.proof")} hint={t("registry.proofHint")} value={proof} onChange={setProof} testId="registry-proof" />
      <div style={{ marginTop: 16 }}>
        {off && <p className="soft">{off}</p>}
        <ActionButton label={t("registry.record")} primary block disabled={off} onClick={record} testId="registry-send" />
      </div>
    </Form>
  );
}
