import { DeleteOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { fileDigest } from "../lib/digest";
import { FileDrop } from "./FileDrop";
import { Digest } from "./Names";
import { ProblemBox } from "./ProblemBox";

/** A document that stays with who has it, by the SHA-256 of its bytes. */
export interface NamedDigest {
  name: string;
  digest: string;
}

interface DocumentListProps {
  label: string;
  hint?: string;
  value: NamedDigest[];
  onChange: (documents: NamedDigest[]) => void;
  most?: number;
  testId: string;
}

/** DocumentList makes the SHA-256 of several documents in the browser. The documents stay here. */
export function DocumentList({ label, hint, value, onChange, most = 20, testId }: DocumentListProps): ReactElement {
  const { t } = useTranslation("keys");
  const [error, setError] = useState<unknown>(null);
  const add = async (files: File[]): Promise<void> => {
    setError(null);
    try {
      const made = await Promise.all(files.map(async (f) => ({ name: f.name, digest: await fileDigest(f) })));
      const all = [...value, ...made];
      onChange(all.filter((d, i) => all.findIndex((o) => o.digest === d.digest) === i).slice(0, most));
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <div className="stack-tight">
      <FileDrop label={label} hint={hint} multiple disabled={value.length >= most} onFiles={(files) => void add(files)} testId={testId} />
      {error != null && <ProblemBox error={error} />}
      {value.length > 0 && (
        <ul className="cards" aria-label={label}>
          {value.map((d) => (
            <li key={d.digest} className="row-between">
              <span>
                {d.name} <Digest value={d.digest} />
              </span>
              <Button
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                aria-label={`${t("remove")} ${d.name}`}
                onClick={() => onChange(value.filter((o) => o !== d))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
