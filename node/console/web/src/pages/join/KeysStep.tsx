import { DeleteOutlined, KeyOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input, Modal, Segmented, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../../app/words";
import { EncryptionKey } from "../../lib/envelope";
import { makeKey } from "../../lib/keys";
import type { PersonRole } from "../../lib/records";
import { NewPassphrase } from "../../parts/NewPassphrase";
import { SaveKey } from "../../parts/SaveKey";
import { type ReaderKey, type Starter, personFault, whatLacks } from "./people";

interface KeysStepProps {
  people: Starter[];
  onPeople: (change: (people: Starter[]) => Starter[]) => void;
  reader: ReaderKey | null;
  onReader: (reader: ReaderKey) => void;
  onDone: () => void;
}

/** makeReader makes the key with which the enterprise reads what is sealed to it. */
async function makeReader(passphrase: string): Promise<ReaderKey> {
  const key = await EncryptionKey.make();
  return { key, file: await key.sealedFile(passphrase), fileName: `tierledger-encryption-${key.public.id.slice(0, 12)}.key`, saved: false };
}

/** KeysStep makes the keys of the first people and has each saved as a sealed file. */
export function KeysStep({ people, onPeople, reader, onReader, onDone }: KeysStepProps): ReactElement {
  const { t } = useTranslation("join");
  const [shared, setShared] = useState(true);
  const [turn, setTurn] = useState<Starter | "reader" | null>(null);
  const change = (id: number, part: Partial<Starter>): void => onPeople((all) => all.map((p) => (p.id === id ? { ...p, ...part } : p)));
  const faulty = people.some((p) => personFault(p, people) !== "");
  const lacks = whatLacks(people, reader);
  const unmade = people.some((p) => !p.made) || !reader;

  const makeOne = async (of: Starter | "reader", passphrase: string): Promise<void> => {
    if (of === "reader") return onReader(await makeReader(passphrase));
    const made = await makeKey(passphrase);
    change(of.id, { made: { ...made, fileName: `tierledger-${of.person}-${made.key.kid.slice(0, 8)}.key` }, saved: false });
  };
  const makeAll = async (passphrase: string): Promise<void> => {
    for (const p of people) if (!p.made) await makeOne(p, passphrase);
    if (!reader) await makeOne("reader", passphrase);
  };

  return (
    <div className="stack">
      <People people={people} onPeople={onPeople} change={change} />
      {lacks === "admin" && <Alert type="warning" showIcon title={t("lacks.admin")} />}
      {unmade && (
        <>
          <div>
            <Segmented
              block
              value={shared ? "shared" : "each"}
              onChange={(v) => setShared(v === "shared")}
              options={[{ value: "shared", label: t("keys.shared") }, { value: "each", label: t("keys.each") }]}
              aria-label={t("keys.how")}
            />
            <div className="field-note">{shared ? t("keys.sharedHint") : t("keys.eachHint")}</div>
          </div>
          {shared ? (
            <NewPassphrase action={t("keys.make")} disabled={faulty} onPassphrase={makeAll} testId="join-keys" />
          ) : (
            <div className="stack-tight">
              {people.filter((p) => !p.made).map((p) => (
                <Button key={p.id} icon={<KeyOutlined />} disabled={faulty} onClick={() => setTurn(p)} data-testid={`join-make-${p.person}`}>
                  {t("keys.makeOf", { person: p.person })}
                </Button>
              ))}
              {!reader && (
                <Button icon={<KeyOutlined />} onClick={() => setTurn("reader")} data-testid="join-make-encryption">
                  {t("keys.makeOf", { person: t("keys.reader") })}
                </Button>
              )}
            </div>
          )}
        </>
      )}
      <Made people={people} reader={reader} change={change} onReader={onReader} />
      <Modal open={turn !== null} title={t("keys.makeOf", { person: turn === "reader" || turn === null ? t("keys.reader") : turn.person })} footer={null} onCancel={() => setTurn(null)} destroyOnHidden>
        {turn !== null && (
          <NewPassphrase
            action={t("keys.makeOne")}
            onPassphrase={async (passphrase) => {
              await makeOne(turn, passphrase);
              setTurn(null);
            }}
            testId="join-one"
          />
        )}
      </Modal>
      <div>
        <Button type="primary" block size="large" disabled={lacks !== ""} onClick={onDone} aria-describedby="join-lacks" data-testid="join-next">
          {t("next")}
        </Button>
        <div id="join-lacks" className="field-note">{lacks === "" ? "" : t(`lacks.${lacks}`)}</div>
      </div>
    </div>
  );
}

interface PeopleProps {
  people: Starter[];
  onPeople: KeysStepProps["onPeople"];
  change: (id: number, part: Partial<Starter>) => void;
}

function People({ people, onPeople, change }: PeopleProps): ReactElement {
  const { t } = useTranslation(["join", "keys"]);
  const words = useWords();
  const roles: PersonRole[] = ["admin", "maker", "checker"];
  const next = (): Starter => ({ id: 1 + Math.max(...people.map((p) => p.id)), person: `maker${people.length}`, roles: ["maker"], made: null, saved: false });
  return (
    <section className="stack-tight" aria-label={t("keys.people")}>
      {people.map((p) => {
        const fault = personFault(p, people);
        return (
          <Form.Item key={p.id} style={{ marginBottom: 0 }} validateStatus={fault ? "error" : ""} help={fault ? t(`keys:fault.${fault}`) : undefined}>
            <div className="row" style={{ flexWrap: "nowrap", gap: 8 }}>
              <Input
                className="mono"
                aria-label={t("keys.person")}
                value={p.person}
                maxLength={32}
                onChange={(e) => change(p.id, { person: e.target.value })}
                data-testid={`join-person-${p.id}`}
              />
              <Select
                mode="multiple"
                style={{ width: "100%" }}
                aria-label={t("keys.roles")}
                value={p.roles}
                onChange={(chosen: PersonRole[]) => change(p.id, { roles: chosen })}
                options={roles.map((r) => ({ value: r, label: words.of("personRole", r) }))}
                data-testid={`join-roles-${p.id}`}
              />
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={`${t("keys:remove")} ${p.person}`}
                disabled={people.length === 1}
                onClick={() => onPeople((all) => all.filter((o) => o.id !== p.id))}
              />
            </div>
          </Form.Item>
        );
      })}
      <div>
        <Button type="dashed" icon={<PlusOutlined />} disabled={people.length >= 32} onClick={() => onPeople((all) => [...all, next()])} data-testid="join-add-person">
          {t("keys.add")}
        </Button>
      </div>
    </section>
  );
}

interface MadeProps {
  people: Starter[];
  reader: ReaderKey | null;
  change: PeopleProps["change"];
  onReader: (reader: ReaderKey) => void;
}

function Made({ people, reader, change, onReader }: MadeProps): ReactElement | null {
  const { t } = useTranslation("join");
  const words = useWords();
  if (!reader && people.every((p) => !p.made)) return null;
  return (
    <section className="stack" aria-label={t("keys.files")} data-testid="join-files">
      <Alert type="info" showIcon title={t("keys.saveTitle")} description={t("keys.saveText")} />
      {people.map((p) =>
        p.made ? (
          <SaveKey
            key={p.id}
            title={p.person}
            note={p.roles.map((r) => words.of("personRole", r)).join("、")}
            fileName={p.made.fileName}
            file={p.made.file}
            saved={p.saved}
            onSaved={() => change(p.id, { saved: true })}
            testId={`join-save-${p.person}`}
          />
        ) : null,
      )}
      {reader && (
        <SaveKey
          title={t("keys.reader")}
          note={t("keys.readerHint")}
          fileName={reader.fileName}
          file={reader.file}
          saved={reader.saved}
          onSaved={() => onReader({ ...reader, saved: true })}
          testId="join-save-encryption"
        />
      )}
    </section>
  );
}
