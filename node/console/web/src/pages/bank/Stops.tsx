import { Alert, Form, Input, Radio } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { DocumentInput } from "../../parts/DocumentInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";
import { Sub } from "./Sub";

/** Stops are a bank's attestations that a debtor may not issue any more, and that it may again. */
export function Stops(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const [what, setWhat] = useState<"stop" | "lift">("stop");
  const [debtor, setDebtor] = useState("");
  const [reason, setReason] = useState("");
  const [document, setDocument] = useState("");
  const off = !session.may("reviewer") ? t("onlyReviewer") : debtor === "" || reason.trim() === "" || document === "" ? t("stops.first") : undefined;
  const send = (): void => {
    const argument = { debtor, reason: reason.trim(), document };
    void sign({ ...(what === "stop" ? call("rules:StopDebtor", argument) : call("rules:LiftStop", argument)), after: <p>{t(`stops.after.${what}`)}</p> });
  };
  return (
    <Page title={t("stops.title")} sub={t("stops.sub")} testId="bank-stops">
      <Sub of="desk" />
      <Panel>
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
    </Page>
  );
}
