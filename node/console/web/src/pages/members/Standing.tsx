import { Form, Input, Modal, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { type Class, type Member, classes } from "../../lib/records";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";
import type { Powers } from "./powers";

/** Standing has the bank suspend a member or end that, and change its particulars. */
export function Standing({ m, powers }: { m: Member; powers: Powers }): ReactElement | null {
  const { t } = useTranslation("members");
  const sign = useSign();
  const [changing, setChanging] = useState(false);
  if (powers.suspend === "" && powers.update === "") return null;
  const active = m.state === "active";
  const together = powers.suspend === "member:SuspendInstitution";
  const stand = (reason: string): void => {
    const direct = active ? "member:Suspend" : "member:Resume";
    const motion = active ? "member:SuspendInstitution" : "member:ResumeInstitution";
    void sign({ function: together ? motion : direct, argument: { member: m.id, reason } });
  };
  return (
    <div className="row">
      {powers.update !== "" && <ActionButton label={t("update")} onClick={() => setChanging(true)} testId="member-update" />}
      {powers.suspend !== "" && (
        <ReasonButton
          label={active ? t("suspend") : t("resume")}
          about={`${active ? t("suspendAbout") : t("resumeAbout")}${together ? ` ${t("together")}` : ""}`}
          danger={active}
          onReason={stand}
          testId={active ? "member-suspend" : "member-resume"}
        />
      )}
      {changing && powers.update !== "" && <Update m={m} name={powers.update} onEnd={() => setChanging(false)} />}
    </div>
  );
}

function Update({ m, name, onEnd }: { m: Member; name: string; onEnd: () => void }): ReactElement {
  const { t } = useTranslation("members");
  const words = useWords();
  const sign = useSign();
  const [text, setText] = useState(m.name);
  const [size, setSize] = useState<Class>(m.class);
  const same = text.trim() === m.name && size === m.class;
  return (
    <Modal
      open
      title={t("update")}
      okText={t("next")}
      cancelText={t("cancel")}
      okButtonProps={{ disabled: same || text.trim() === "", ...{ "data-testid": "member-update-next" } }}
      onCancel={onEnd}
      onOk={() => {
        onEnd();
        void sign({ function: name, argument: { member: m.id, name: text.trim(), class: size } });
      }}
    >
      <Form layout="vertical">
        <Form.Item label={t("name")} htmlFor="member-update-name">
          <Input id="member-update-name" value={text} maxLength={66} onChange={(e) => setText(e.target.value)} />
        </Form.Item>
        <Form.Item label={t("class")} htmlFor="member-update-class">
          <Select id="member-update-class" value={size} onChange={(c: Class) => setSize(c)} options={classes.map((c) => ({ value: c, label: words.of("class", c) }))} />
        </Form.Item>
        <p className="soft small">{t("updateHint")}</p>
      </Form>
    </Modal>
  );
}
