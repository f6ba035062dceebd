import { Alert, Button, Form, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router-dom";
import { OpenPage } from "../../app/OpenPage";
import { useAccess } from "../../app/session";
import { useWords } from "../../app/words";
import { base64 } from "../../lib/base64";
import { signPossession } from "../../lib/jws";
import { type MadeKey, makeKey } from "../../lib/keys";
import { isSocialCredit } from "../../lib/number";
import { type PersonRole, personRoles } from "../../lib/records";
import { NewPassphrase } from "../../parts/NewPassphrase";
import { Copy } from "../../parts/Names";
import { type KeyRequest, personFits, rolesFault } from "../../parts/people";
import { saveText } from "../../parts/save";
import { SaveKey } from "../../parts/SaveKey";

/** RequestKey is for a person of a member: it makes the own key and the request with which the admin registers it. */
export function RequestKey(): ReactElement {
  const { t } = useTranslation(["join", "keys"]);
  const words = useWords();
  const { open } = useAccess();
  const [params] = useSearchParams();
  const [member, setMember] = useState(params.get("member") ?? "");
  const [person, setPerson] = useState("");
  const [roles, setRoles] = useState<PersonRole[]>(["maker"]);
  const [made, setMade] = useState<{ key: MadeKey; request: KeyRequest } | null>(null);
  const [saved, setSaved] = useState(false);
  const code = member.trim().toUpperCase();
  const wrong = { member: member !== "" && !isSocialCredit(code), person: person !== "" && !personFits(person), roles: rolesFault(roles, true) };
  const ready = isSocialCredit(code) && personFits(person) && wrong.roles === "";

  const make = async (passphrase: string): Promise<void> => {
    const key = await makeKey(passphrase);
    const possession = base64(await signPossession(key.key, await open.network(), code, person));
    setSaved(false);
    setMade({ key: { ...key, fileName: `tierledger-${person}-${key.key.kid.slice(0, 8)}.key` }, request: { person, roles, publicKey: base64(key.key.spki), possession } });
  };

  return (
    <OpenPage testId="request-key">
      <h1>{t("request.title")}</h1>
      <p className="soft" style={{ marginBottom: 16 }}>{t("request.text")}</p>
      {made ? (
        <Made made={made} saved={saved} onSaved={() => setSaved(true)} />
      ) : (
        <Form layout="vertical" component="div" requiredMark={false}>
          <Form.Item label={t("company.id")} htmlFor="request-member" validateStatus={wrong.member ? "error" : ""} help={wrong.member ? t("company.idWrong") : undefined}>
            <Input id="request-member" className="mono" value={member} maxLength={18} onChange={(e) => setMember(e.target.value)} data-testid="request-member" />
          </Form.Item>
          <Form.Item label={t("keys.person")} htmlFor="request-person" extra={t("request.personHint")} validateStatus={wrong.person ? "error" : ""} help={wrong.person ? t("keys:fault.person") : undefined}>
            <Input id="request-person" className="mono" value={person} maxLength={32} onChange={(e) => setPerson(e.target.value)} data-testid="request-person" />
          </Form.Item>
          <Form.Item label={t("keys.roles")} htmlFor="request-roles" validateStatus={wrong.roles ? "error" : ""} help={wrong.roles ? t(`keys:fault.${wrong.roles}`) : undefined}>
            <Select
              id="request-roles"
              mode="multiple"
              value={roles}
              onChange={(chosen: PersonRole[]) => setRoles(chosen)}
              options={personRoles.map((r) => ({ value: r, label: words.of("personRole", r) }))}
              data-testid="request-roles"
            />
          </Form.Item>
          <NewPassphrase action={t("keys.makeOne")} disabled={!ready} onPassphrase={make} testId="request-new" />
        </Form>
      )}
      <p style={{ marginTop: 16 }}>
        <Link to="/login">{t("login")}</Link>
      </p>
    </OpenPage>
  );
}

function Made({ made, saved, onSaved }: { made: { key: MadeKey; request: KeyRequest }; saved: boolean; onSaved: () => void }): ReactElement {
  const { t } = useTranslation("join");
  const text = JSON.stringify(made.request, null, 2);
  return (
    <div className="stack" data-testid="request-made">
      <Alert type="info" showIcon title={t("request.made")} description={t("request.madeText")} />
      <SaveKey title={t("request.file")} fileName={made.key.fileName} file={made.key.file} saved={saved} onSaved={onSaved} testId="request-save" />
      <div>
        <div className="row-between">
          <span className="strong">{t("request.json")}</span>
          <Copy text={text} label={t("request.copy")} />
        </div>
        <pre className="argument" tabIndex={0} data-testid="request-json">{text}</pre>
      </div>
      <Button block onClick={() => saveText(text, `${made.request.person}-request.json`, "application/json")} data-testid="request-download">
        {t("request.download")}
      </Button>
    </div>
  );
}
