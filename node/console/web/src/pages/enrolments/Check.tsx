import { Alert, Checkbox, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { fileDigest } from "../../lib/digest";
import { FileDrop } from "../../parts/FileDrop";
import { Digest } from "../../parts/Names";
import { ProblemBox } from "../../parts/ProblemBox";
import type { Heard } from "./compare";

interface CheckProps {
  heard: string;
  onHeard: (text: string) => void;
  verdict: Heard;
  /** What was made here differs from what the node says. */
  differs: boolean;
  error: unknown;
  identified: boolean;
  onIdentified: (yes: boolean) => void;
  called: boolean;
  onCalled: (yes: boolean) => void;
  disabled: boolean;
}

/** Check is what an officer does before signing: identify, call a known number, type the digits that were read out. */
export function Check(p: CheckProps): ReactElement {
  const { t } = useTranslation("enrolments");
  return (
    <div className="stack" data-testid="check" data-verdict={p.verdict}>
      <Checkbox checked={p.identified} disabled={p.disabled} onChange={(e) => p.onIdentified(e.target.checked)} data-testid="check-identified">
        {t("check.identified")}
      </Checkbox>
      <Checkbox checked={p.called} disabled={p.disabled} onChange={(e) => p.onCalled(e.target.checked)} data-testid="check-called">
        {t("check.called")}
      </Checkbox>
      <Form layout="vertical" component="div">
        <Form.Item label={t("check.heard")} htmlFor="check-heard" extra={t("check.heardHint")} style={{ marginBottom: 0 }}>
          <Input
            id="check-heard"
            className="num"
            inputMode="numeric"
            autoComplete="off"
            placeholder="0000 0000"
            maxLength={12}
            disabled={p.disabled}
            value={p.heard}
            status={p.verdict === "other" ? "error" : ""}
            onChange={(e) => p.onHeard(e.target.value)}
            style={{ maxWidth: 260, fontSize: 20 }}
            data-testid="check-heard"
          />
        </Form.Item>
      </Form>
      <div aria-live="polite">
        {p.verdict === "same" && <Alert type="success" showIcon title={t("check.same")} data-testid="check-same" />}
        {p.verdict === "other" && <Alert type="error" showIcon title={t("check.other")} description={t("check.otherText")} data-testid="check-other" />}
      </div>
      {p.differs && <Alert type="error" showIcon title={t("check.differs")} description={t("check.differsText")} />}
      {p.error != null && <ProblemBox error={p.error} />}
    </div>
  );
}

/** Documents compares the documents that were handed in with the digests that were sent. */
export function Documents({ digests }: { digests: string[] }): ReactElement {
  const { t } = useTranslation("enrolments");
  const [found, setFound] = useState<Record<string, string>>({});
  const [strange, setStrange] = useState<string[]>([]);
  const compare = async (files: File[]): Promise<void> => {
    for (const file of files) {
      const digest = await fileDigest(file);
      if (digests.includes(digest)) setFound((f) => ({ ...f, [digest]: file.name }));
      else setStrange((s) => [...s.filter((n) => n !== file.name), file.name]);
    }
  };
  if (digests.length === 0) return <p className="soft">{t("documents.none")}</p>;
  return (
    <div className="stack-tight">
      <ul className="sign-lines">
        {digests.map((d) => (
          <li key={d}>
            <Digest value={d} /> {found[d] ? <span className="good">{t("documents.same", { name: found[d] })}</span> : <span className="soft">{t("documents.not")}</span>}
          </li>
        ))}
      </ul>
      <FileDrop label={t("documents.drop")} hint={t("documents.hint")} multiple onFiles={(files) => void compare(files)} testId="check-documents" />
      {strange.map((name) => (
        <Alert key={name} type="error" showIcon title={t("documents.other", { name })} />
      ))}
    </div>
  );
}
