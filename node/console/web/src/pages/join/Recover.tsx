import { Alert, Button, Form, Input, Skeleton } from "antd";
import { type ReactElement, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router-dom";
import { OpenPage } from "../../app/OpenPage";
import { useRead } from "../../app/query";
import { useAccess } from "../../app/session";
import { base64 } from "../../lib/base64";
import { signPossession } from "../../lib/jws";
import { type MadeKey, makeKey } from "../../lib/keys";
import { isSocialCredit } from "../../lib/number";
import type { PersonKey, Pleaded } from "../../lib/records";
import { DocumentInput } from "../../parts/DocumentInput";
import { DocumentList, type NamedDigest } from "../../parts/DocumentList";
import { Facts } from "../../parts/Facts";
import { Digest } from "../../parts/Names";
import { NewPassphrase } from "../../parts/NewPassphrase";
import { PairingCode } from "../../parts/PairingCode";
import { personFits } from "../../parts/people";
import { ProblemBox } from "../../parts/ProblemBox";
import { SaveKey } from "../../parts/SaveKey";
import { StateTag } from "../../parts/StateTag";
import { keep } from "./kept";
import { useAgain, useKept } from "./Waiting";

/** What goes to the node: POST /v1/recoveries. */
interface Plea extends PersonKey {
  member: string;
  reason: string;
  contact: string;
  request: string;
  documents: string[];
}

/** Recover asks the bank for a new admin's key after every admin's key was lost, and shows what became of it. */
export default function Recover(): ReactElement {
  const { t } = useTranslation("join");
  const [params] = useSearchParams();
  const reference = params.get("r") ?? "";
  return (
    <OpenPage testId="recover">
      <h1>{t("recover.title")}</h1>
      {reference === "" ? <Ask /> : <Asked key={reference} reference={reference} />}
    </OpenPage>
  );
}

function Ask(): ReactElement {
  const { t } = useTranslation("join");
  return (
    <div className="stack">
      <p className="soft">{t("recover.text")}</p>
      <ul className="sign-lines">
        <li>{t("recover.other1")}</li>
        <li>{t("recover.other2")}</li>
      </ul>
      <Plead />
      <Known />
      <Link to="/login">{t("login")}</Link>
    </div>
  );
}

function Known(): ReactElement {
  const { t } = useTranslation("join");
  const navigate = useNavigate();
  const [reference, setReference] = useState("");
  const given = reference.trim();
  return (
    <Form layout="vertical" onFinish={() => given !== "" && void navigate(`/recover?r=${encodeURIComponent(given)}`)}>
      <Form.Item label={t("recover.known")} htmlFor="recover-reference" style={{ marginBottom: 8 }}>
        <Input id="recover-reference" className="mono" value={reference} onChange={(e) => setReference(e.target.value)} data-testid="recover-reference" />
      </Form.Item>
      <Button htmlType="submit" disabled={given === ""} data-testid="recover-look">{t("recover.look")}</Button>
    </Form>
  );
}

/** Plead makes the new key and asks. The same body is sent again when the answer did not arrive. */
function Plead(): ReactElement {
  const { t } = useTranslation(["join", "keys"]);
  const { open } = useAccess();
  const navigate = useNavigate();
  const [member, setMember] = useState("");
  const [person, setPerson] = useState("admin3");
  const [reason, setReason] = useState("");
  const [contact, setContact] = useState("");
  const [request, setRequest] = useState("");
  const [documents, setDocuments] = useState<NamedDigest[]>([]);
  const [made, setMade] = useState<MadeKey | null>(null);
  const [saved, setSaved] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const body = useRef<{ of: string; plea: Plea } | null>(null);
  const code = member.trim().toUpperCase();
  const lacks = !isSocialCredit(code) ? "code" : !personFits(person) ? "person" : reason.trim() === "" ? "reason" : contact.trim() === "" ? "contact" : request === "" ? "request" : !made ? "key" : !saved ? "save" : "";

  const send = async (): Promise<void> => {
    if (!made) return;
    setBusy(true);
    setError(null);
    try {
      const network = await open.network();
      const said = { member: code, person, roles: ["admin" as const], reason: reason.trim(), contact: contact.trim(), request, documents: documents.map((d) => d.digest) };
      const of = JSON.stringify([said, made.key.kid]);
      if (body.current?.of !== of) {
        const possession = base64(await signPossession(made.key, network, code, person));
        body.current = { of, plea: { ...said, publicKey: base64(made.key.spki), possession } };
      }
      const answer = await open.post<Pleaded>("/v1/recoveries", body.current.plea, { open: true });
      await keep(answer.reference, { network, member: code, kids: [made.key.kid], encryption: "" });
      void navigate(`/recover?r=${encodeURIComponent(answer.reference)}`);
    } catch (reason_) {
      setError(reason_);
      setBusy(false);
    }
  };

  return (
    <Form layout="vertical" component="div" requiredMark={false}>
      <Form.Item label={t("company.id")} htmlFor="recover-member" validateStatus={member !== "" && lacks === "code" ? "error" : ""} help={member !== "" && lacks === "code" ? t("company.idWrong") : undefined}>
        <Input id="recover-member" className="mono" value={member} maxLength={18} onChange={(e) => setMember(e.target.value)} data-testid="recover-member" />
      </Form.Item>
      <Form.Item label={t("recover.person")} htmlFor="recover-person" extra={t("request.personHint")} validateStatus={lacks === "person" ? "error" : ""} help={lacks === "person" ? t("keys:fault.person") : undefined}>
        <Input id="recover-person" className="mono" value={person} maxLength={32} onChange={(e) => setPerson(e.target.value)} data-testid="recover-person" />
      </Form.Item>
      <Form.Item label={t("recover.reason")} htmlFor="recover-reason">
        <Input id="recover-reason" value={reason} maxLength={130} onChange={(e) => setReason(e.target.value)} data-testid="recover-reason" />
      </Form.Item>
      <Form.Item label={t("company.contact")} htmlFor="recover-contact" extra={t("company.contactHint")}>
        <Input id="recover-contact" value={contact} maxLength={60} placeholder={t("company.contactExample")} onChange={(e) => setContact(e.target.value)} data-testid="recover-contact" />
      </Form.Item>
      <div className="stack">
        <DocumentInput label={t("recover.request")} hint={t("recover.requestHint")} value={request} onChange={setRequest} testId="recover-request" />
        <DocumentList label={t("recover.more")} value={documents} onChange={setDocuments} testId="recover-documents" />
        {made ? (
          <SaveKey title={person} note={t("recover.newKey")} fileName={made.fileName} file={made.file} saved={saved} onSaved={() => setSaved(true)} testId="recover-save" />
        ) : (
          <NewPassphrase action={t("recover.make")} onPassphrase={async (p) => setMade(await makeKey(p))} testId="recover-new" />
        )}
        {error != null && <ProblemBox error={error} testId="recover-problem" />}
        <div>
          <Button type="primary" block size="large" loading={busy} disabled={lacks !== ""} onClick={() => void send()} aria-describedby="recover-lacks" data-testid="recover-send">
            {t("recover.send")}
          </Button>
          <div id="recover-lacks" className="field-note">{lacks === "" ? "" : t(`recover.lacks.${lacks}`)}</div>
        </div>
      </div>
    </Form>
  );
}

function Asked({ reference }: { reference: string }): ReactElement {
  const { t } = useTranslation("join");
  const read = useRead<Pleaded>(`/v1/recoveries/by-reference/${encodeURIComponent(reference)}`, {}, { open: true });
  const of = useKept(reference);
  const state = read.data?.state;
  useAgain(state === "waiting", read.retry);
  if (read.error) {
    return (
      <div className="stack">
        <ProblemBox error={read.error} onRetry={read.retry} />
        <Link to="/recover">{t("recover.again")}</Link>
      </div>
    );
  }
  if (!read.data) return <Skeleton active paragraph={{ rows: 3 }} />;
  return (
    <div className="stack" data-testid="recover-asked" data-state={state}>
      <Facts
        items={[
          { label: t("wait.state"), value: <StateTag kind="recovery" state={state} testId="recover-state" /> },
          { label: t("wait.reference"), value: <Digest value={reference} /> },
          { label: t("recover.refusal"), value: read.data.reason, wide: true },
        ]}
      />
      {state === "waiting" && of && <PairingCode of={of} />}
      {state === "waiting" && of === null && <Alert type="warning" showIcon title={t("wait.otherBrowser")} description={t("wait.otherBrowserText")} />}
      <p>{t(`recover.${read.data.state}`)}</p>
      {state === "waiting" && (
        <Button block loading={read.isFetching} onClick={read.retry} data-testid="recover-check">
          {t("wait.check")}
        </Button>
      )}
      {state !== "waiting" && <Link to={state === "recovered" ? "/login" : "/recover"}>{state === "recovered" ? t("login") : t("recover.again")}</Link>}
    </div>
  );
}
