import { Alert, Form, Input, Segmented, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { base64, fromBase64 } from "../../lib/base64";
import { possessionMessage, signPossession } from "../../lib/jws";
import { type MadeKey, makeKey, verify } from "../../lib/keys";
import { refuse } from "../../lib/problem";
import { type PersonRole, personRoles } from "../../lib/records";
import { parsePublicKey } from "../../lib/spki";
import { Facts } from "../../parts/Facts";
import { FileDrop } from "../../parts/FileDrop";
import { NewPassphrase } from "../../parts/NewPassphrase";
import { Digest } from "../../parts/Names";
import { type KeyRequest, personFits, readKeyRequest, rolesFault } from "../../parts/people";
import { ProblemBox } from "../../parts/ProblemBox";
import { SaveKey } from "../../parts/SaveKey";

/** SourcedKey is a person's key that is ready to be registered. */
export interface SourcedKey {
  request: KeyRequest;
  kid: string;
  /** Made in this page: the file must be saved first. */
  made: MadeKey | null;
  saved: boolean;
}

interface KeySourceProps {
  /** Social credit code. */
  member: string;
  institution: boolean;
  /** A renewal keeps the person and the roles. */
  fixed?: { person: string; roles: PersonRole[] };
  value: SourcedKey | null;
  onChange: (key: SourcedKey | null) => void;
}

/** checkRequest reads a request and checks its proof of possession for this network and member. BAD_POSSESSION. */
async function checkRequest(text: string, network: string, member: string): Promise<SourcedKey> {
  const request = readKeyRequest(text);
  const key = await parsePublicKey(fromBase64(request.publicKey));
  const message = possessionMessage(key.kid, network, member, request.person);
  if (!(await verify(key, message, fromBase64(request.possession)))) refuse("BAD_POSSESSION", `person ${request.person}`);
  return { request, kid: key.kid, made: null, saved: true };
}

/** KeySource takes a person's key from the person's own request, or makes one here. */
export function KeySource({ member, institution, fixed, value, onChange }: KeySourceProps): ReactElement {
  const { t } = useTranslation("members");
  const [here, setHere] = useState(false);
  return (
    <div className="stack">
      <Segmented
        block
        value={here ? "here" : "request"}
        onChange={(v) => {
          setHere(v === "here");
          onChange(null);
        }}
        options={[{ value: "request", label: t("source.request") }, { value: "here", label: t("source.here") }]}
        aria-label={t("source.label")}
        data-testid="key-source"
      />
      {here ? (
        <Make member={member} institution={institution} fixed={fixed} value={value} onChange={onChange} />
      ) : (
        <Take member={member} fixed={fixed} value={value} onChange={onChange} />
      )}
    </div>
  );
}

function Take({ member, fixed, value, onChange }: Omit<KeySourceProps, "institution">): ReactElement {
  const { t } = useTranslation("members");
  const words = useWords();
  const { api } = useSession();
  const [text, setText] = useState("");
  const [error, setError] = useState<unknown>(null);
  const take = async (given: string): Promise<void> => {
    setText(given);
    setError(null);
    onChange(null);
    if (given.trim() === "") return;
    try {
      onChange(await checkRequest(given, await api.network(), member));
    } catch (reason) {
      setError(reason);
    }
  };
  const other = value && fixed && (value.request.person !== fixed.person || [...value.request.roles].sort().join() !== [...fixed.roles].sort().join());
  return (
    <div className="stack">
      <p className="soft">
        {t("source.requestText")} <a href={`#/join/key?member=${member}`} target="_blank" rel="noreferrer">{t("source.page")}</a>
      </p>
      <FileDrop label={t("source.drop")} accept=".json,application/json" onFiles={(files) => void files[0]?.text().then(take)} testId="key-request-file" />
      <Input.TextArea aria-label={t("source.paste")} placeholder={t("source.paste")} rows={4} className="mono" value={text} onChange={(e) => void take(e.target.value)} data-testid="key-request" />
      {error != null && <ProblemBox error={error} />}
      {other && <Alert type="error" showIcon title={t("source.otherPerson", { person: fixed.person })} />}
      {value && (
        <Facts
          items={[
            { label: t("person"), value: <span className="mono">{value.request.person}</span> },
            { label: t("personRoles"), value: value.request.roles.map((r) => words.of("personRole", r)).join("、") },
            { label: t("key"), value: <Digest value={value.kid} /> },
          ]}
          testId="key-taken"
        />
      )}
    </div>
  );
}

function Make({ member, institution, fixed, value, onChange }: KeySourceProps): ReactElement {
  const { t } = useTranslation(["members", "keys"]);
  const words = useWords();
  const { api } = useSession();
  const [person, setPerson] = useState(fixed?.person ?? "");
  const [roles, setRoles] = useState<PersonRole[]>(fixed?.roles ?? ["maker"]);
  const fault = rolesFault(roles, institution);
  const wrong = person !== "" && !personFits(person);
  const make = async (passphrase: string): Promise<void> => {
    const made = await makeKey(passphrase);
    const possession = base64(await signPossession(made.key, await api.network(), member, person));
    const request = { person, roles, publicKey: base64(made.key.spki), possession };
    onChange({ request, kid: made.key.kid, made: { ...made, fileName: `tierledger-${person}-${made.key.kid.slice(0, 8)}.key` }, saved: false });
  };
  if (value?.made) {
    return (
      <SaveKey
        title={person} note={roles.map((r) => words.of("personRole", r)).join("、")} fileName={value.made.fileName} file={value.made.file}
        saved={value.saved} onSaved={() => onChange({ ...value, saved: true })} testId="key-save"
      />
    );
  }
  return (
    <div>
      <p className="soft" style={{ marginBottom: 12 }}>{t("source.hereText")}</p>
      <Form layout="vertical" component="div">
        <Form.Item label={t("person")} htmlFor="key-person" validateStatus={wrong ? "error" : ""} help={wrong ? t("keys:fault.person") : undefined}>
          <Input id="key-person" className="mono" value={person} maxLength={32} disabled={!!fixed} onChange={(e) => setPerson(e.target.value)} data-testid="key-person" />
        </Form.Item>
        <Form.Item label={t("personRoles")} htmlFor="key-roles" validateStatus={fault ? "error" : ""} help={fault ? t(`keys:fault.${fault}`) : undefined}>
          <Select
            id="key-roles"
            mode="multiple"
            value={roles}
            disabled={!!fixed}
            onChange={(chosen: PersonRole[]) => setRoles(chosen)}
            options={personRoles.filter((r) => institution || r !== "reviewer").map((r) => ({ value: r, label: words.of("personRole", r) }))}
            data-testid="key-roles"
          />
        </Form.Item>
      </Form>
      <NewPassphrase action={t("source.make")} disabled={fault !== "" || !personFits(person)} onPassphrase={make} testId="key-new" />
    </div>
  );
}
