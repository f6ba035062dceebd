import { Alert, Form, Input, Radio, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import type { Stop } from "../../lib/records";
import { DocumentInput } from "../../parts/DocumentInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ActionButton } from "../../parts/ReasonButton";
import { InstantText } from "../../parts/Time";
import { Sub } from "./Sub";

/** Stops are banks' attestations that a debtor may not issue any more, and that it may again. */
export function Stops(): ReactElement {
  const { t } = useTranslation("bank");
  const [lifted, setLifted] = useState<Stop | null>(null);
  return (
    <Page title={t("stops.title")} sub={t("stops.sub")} testId="bank-stops">
      <Sub of="desk" />
      <div className="stack">
        <List onLift={setLifted} />
        <Attest key={lifted?.debtor ?? ""} lifted={lifted?.debtor ?? ""} />
      </div>
    </Page>
  );
}

function List({ onLift }: { onLift: (s: Stop) => void }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const [show, setShow] = useState("force");
  const all = show === "all";
  const pages = usePages<Stop>("/v1/stops", all ? { all: "true" } : {}, 200);
  const off = session.may("reviewer") ? undefined : t("onlyReviewer");
  const columns: Column<Stop>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (s) => <MemberName id={s.debtor} link /> },
    { key: "bank", title: t("stops.bank"), render: (s) => <MemberName id={s.bank} /> },
    { key: "reason", title: t("stops.reason"), render: (s) => s.reason },
    { key: "since", title: t("stops.since"), render: (s) => <InstantText at={s.since} /> },
    { key: "lifted", title: t("stops.lifted"), render: (s) => (s.lifted ? <InstantText at={s.lifted} /> : all && <span className="bad">{t("stops.show.force")}</span>) },
    { key: "do", title: t("do"), render: (s) => !s.lifted && s.bank === session.member.id && <ActionButton label={t("stops.lift")} disabled={off} onClick={() => onLift(s)} testId={`stop-lift-${s.debtor}`} /> },
  ];
  return (
    <Panel
      title={t("stops.list")}
      actions={<Segmented value={show} onChange={(v) => setShow(String(v))} options={["force", "all"].map((v) => ({ value: v, label: t(`stops.show.${v}`) }))} aria-label={t("requests.show")} />}
    >
      <PagedTable label={t("stops.list")} columns={columns.filter((c) => c.key !== "lifted" || all)} pages={pages} rowKey={(s) => `${s.debtor}/${s.bank}`} empty={<EmptyState title={t("stops.none")} hint={t("stops.noneHint")} />} testId="stop-list" />
    </Panel>
  );
}

/** Attest signs that a debtor is stopped, or that the bank's own stop has ended. */
function Attest({ lifted }: { lifted: string }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const [what, setWhat] = useState<"stop" | "lift">(lifted === "" ? "stop" : "lift");
  const [debtor, setDebtor] = useState(lifted);
  const [reason, setReason] = useState("");
  const [document, setDocument] = useState("");
  const off = !session.may("reviewer") ? t("onlyReviewer") : debtor === "" || reason.trim() === "" || document === "" ? t("stops.first") : undefined;
  const send = (): void => {
    const argument = { debtor, reason: reason.trim(), document };
    void sign({ ...(what === "stop" ? call("rules:StopDebtor", argument) : call("rules:LiftStop", argument)), after: <p>{t(`stops.after.${what}`)}</p> });
  };
  return (
    <Panel title={t("stops.attest")} testId="stop-form">
      <Form layout="vertical" style={{ maxWidth: 640 }}>
        <Form.Item label={t("stops.what")}>
          <Radio.Group value={what} onChange={(e) => setWhat(e.target.value as "stop" | "lift")} options={[{ value: "stop", label: t("stops.stop") }, { value: "lift", label: t("stops.lift") }]} data-testid="stop-what" />
        </Form.Item>
        <Alert type={what === "stop" ? "warning" : "info"} showIcon title={t(`stops.about.${what}`)} style={{ marginBottom: 16 }} />
        <Form.Item label={t("debtor")} htmlFor="stop-debtor"><MemberPicker id="stop-debtor" value={debtor} onChange={setDebtor} roles={["debtor"]} label={t("debtor")} testId="stop-debtor" /></Form.Item>
        <Form.Item label={t("stops.reason")} htmlFor="stop-reason"><Input.TextArea id="stop-reason" rows={2} maxLength={256} value={reason} onChange={(e) => setReason(e.target.value)} data-testid="stop-reason" /></Form.Item>
        <DocumentInput label={t("stops.document")} value={document} onChange={setDocument} testId="stop-document" />
        <div style={{ marginTop: 16 }}>
          <ActionButton label={t(`stops.${what}`)} primary danger={what === "stop"} disabled={off} onClick={send} testId="stop-send" />
        </div>
      </Form>
    </Panel>
  );
}
