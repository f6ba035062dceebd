import { Form, Input, Modal, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { currentLanguage } from "../../app/i18n";
import { usePages, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import type { BankException } from "../../lib/records";
import { Money } from "../../parts/Money";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { InstantText } from "../../parts/Time";
import { Reading } from "./Reading";
import { Sub } from "./Sub";

/** Messages are what banks answered: files to read, and what of them a person has to look at. */
export function Messages(): ReactElement {
  const { t } = useTranslation("clearing");
  return (
    <Page title={t("messages.title")} sub={t("messages.sub")} crumbs={[{ title: t("title"), to: "/clearing" }]} testId="messages">
      <Sub />
      <div className="stack">
        <Panel title={t("messages.read")}><Reading runs={null} /></Panel>
        <Exceptions />
      </div>
    </Page>
  );
}

function Exceptions(): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const chinese = currentLanguage() === "zh";
  const [state, setState] = useState<"open" | "done">("open");
  const [answering, setAnswering] = useState<BankException | null>(null);
  const pages = usePages<BankException>("/v1/bank-messages/exceptions", { state });
  const off = session.may("maker", "checker") ? undefined : t("exceptions.only");
  const columns: Column<BankException>[] = [
    {
      key: "leg",
      title: t("leg"),
      phone: "title",
      render: (x) => (x.leg ? <Link to={`/clearing/legs/${encodeURIComponent(x.leg)}`} className="mono">{x.leg}</Link> : <span className="mono">{x.endToEnd || t("exceptions.noLeg")}</span>),
    },
    { key: "why", title: t("exceptions.why"), render: (x) => <><span className="strong">{t(`exceptions.fault.${x.fault}`)}</span>: {chinese ? x.whyZh : x.why}</> },
    { key: "amount", title: t("amount"), end: true, render: (x) => (x.amount === "0.00" ? null : <Money amount={x.amount} />) },
    { key: "entry", title: t("exceptions.entry"), render: (x) => <span className="small">{[x.kind, x.direction && t(`read.direction.${x.direction}`), x.date, x.account, x.reference].filter(Boolean).join(" · ")}</span> },
    { key: "file", title: t("read.where"), phone: "hide", render: (x) => <span className="small">{t("read.line", { file: x.file || x.message, line: x.line })}</span> },
    {
      key: "answer",
      title: t("exceptions.answer"),
      render: (x) =>
        x.answer ? (
          <span className="small">{x.answer.note || t("exceptions.used")} <span className="soft">{x.answer.by.person} <InstantText at={x.answer.at} /></span></span>
        ) : (
          <ActionButton label={t("exceptions.note")} disabled={off} onClick={() => setAnswering(x)} testId={`exception-answer-${x.id}`} />
        ),
    },
  ];
  return (
    <Panel
      title={t("exceptions.title")}
      actions={<Segmented value={state} onChange={(v) => setState(v as "open" | "done")} options={[{ value: "open", label: t("exceptions.open") }, { value: "done", label: t("exceptions.done") }]} aria-label={t("exceptions.title")} data-testid="exceptions-state" />}
      testId="exceptions-panel"
    >
      <div className="stack">
        <p className="soft">{t("exceptions.about")}</p>
        <PagedTable label={t("exceptions.title")} columns={columns} pages={pages} rowKey={(x) => x.id} empty={<EmptyState title={t(state === "open" ? "exceptions.none" : "exceptions.noneDone")} hint={t("exceptions.noneHint")} />} testId="exceptions" />
      </div>
      {answering && <Answer exception={answering} onEnd={() => setAnswering(null)} />}
    </Panel>
  );
}

function Answer({ exception, onEnd }: { exception: BankException; onEnd: () => void }): ReactElement {
  const { t } = useTranslation("clearing");
  const { api } = useSession();
  const refresh = useRefresh();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await api.post(`/v1/bank-messages/exceptions/${exception.id}/answer`, { note: note.trim() });
      await refresh();
      onEnd();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Modal
      open
      title={t("exceptions.note")}
      onCancel={onEnd}
      onOk={() => void send()}
      okText={t("exceptions.keep")}
      cancelText={t("cancel")}
      confirmLoading={busy}
      okButtonProps={{ disabled: note.trim() === "", ...{ "data-testid": "exception-keep" } }}
      destroyOnHidden
    >
      <Form layout="vertical">
        <p className="soft">{t("exceptions.noteAbout")}</p>
        <Form.Item label={t("exceptions.noteLabel")} htmlFor="exception-note">
          <Input.TextArea id="exception-note" rows={3} maxLength={1000} value={note} onChange={(e) => setNote(e.target.value)} data-testid="exception-note" />
        </Form.Item>
        {error !== null && <ProblemBox error={error} />}
      </Form>
    </Modal>
  );
}
