import { Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { fileDigest, isDigest } from "../lib/digest";
import { FileDrop } from "./FileDrop";
import { ProblemBox } from "./ProblemBox";

interface DocumentInputProps {
  /** What document it is. */
  label: string;
  hint?: string;
  /** SHA-256 in lower-case hexadecimal digits, or empty. */
  value: string;
  onChange: (digest: string) => void;
  testId: string;
}

/** DocumentInput makes the SHA-256 of a document in the browser, or takes one that is known. The document stays here. */
export function DocumentInput({ label, hint, value, onChange, testId }: DocumentInputProps): ReactElement {
  const { t } = useTranslation("deal");
  const [name, setName] = useState("");
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<unknown>(null);
  const take = async (files: File[]): Promise<void> => {
    const [file] = files;
    if (!file) return;
    try {
      const digest = await fileDigest(file);
      setName(file.name);
      setTyped(digest);
      setError(null);
      onChange(digest);
    } catch (reason) {
      setError(reason);
    }
  };
  const type = (text: string): void => {
    const digest = text.trim().toLowerCase();
    setName("");
    setTyped(digest);
    onChange(isDigest(digest) ? digest : "");
  };
  const shown = typed || value;
  return (
    <div className="stack-tight">
      <div>{label}</div>
      <FileDrop label={name === "" ? t("document.drop") : name} hint={hint ?? t("document.hint")} onFiles={(files) => void take(files)} testId={`${testId}-file`} />
      <Input
        className="mono"
        aria-label={`${label}: SHA-256`}
        placeholder={t("document.digest")}
        value={shown}
        status={shown !== "" && !isDigest(shown) ? "error" : ""}
        onChange={(event) => type(event.target.value)}
        data-testid={testId}
      />
      {error !== null && <ProblemBox error={error} />}
    </div>
  );
}
