import { Alert } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { fileDigest } from "../../lib/digest";
import { Problem } from "../../lib/problem";
import type { AttachmentKind } from "../../lib/records";
import { FileDrop } from "../../parts/FileDrop";
import { accepted, keepFile, linkFile } from "../../parts/files";
import { Digest } from "../../parts/Names";

/** A document of a record: its digest goes onto the ledger, the file itself only to the node. */
export interface Document {
  /** SHA-256, computed here; empty while no file was chosen. */
  digest: string;
  /** Brings the file to the node and gives the digest. A node that keeps no files does not stand in the way. */
  keep: () => Promise<string>;
  /** Lets the kept file belong to a record. */
  link: (kind: AttachmentKind, id: string) => Promise<void>;
  form: (label: string, hint: string) => ReactElement;
}

/** useDocument takes one file. */
export function useDocument(testId: string): Document {
  const { t } = useTranslation("issue");
  const session = useSession();
  const [file, setFile] = useState<File | null>(null);
  const [digest, setDigest] = useState("");
  const [kept, setKept] = useState(false);
  const choose = async (files: File[]): Promise<void> => {
    const first = files[0];
    if (!first) return;
    setFile(first);
    setKept(false);
    setDigest(await fileDigest(first));
  };
  const keep = async (): Promise<string> => {
    if (!file) return digest;
    try {
      await keepFile(session.api, file);
      setKept(true);
    } catch (error) {
      if (!(error instanceof Problem && error.status === 404)) throw error;
    }
    return digest;
  };
  const link = async (kind: AttachmentKind, id: string): Promise<void> => {
    if (!file) return;
    try {
      await linkFile(session.api, { digest, size: file.size, media: file.type, name: file.name }, kind, id);
    } catch (error) {
      if (!(error instanceof Problem)) throw error; // the record stands; its page takes the file again
    }
  };
  const form = (label: string, hint: string): ReactElement => (
    <div className="stack-tight" style={{ marginBottom: 16 }}>
      <FileDrop label={label} hint={hint} accept={accepted} onFiles={(files) => void choose(files)} testId={testId} />
      {file && (
        <Alert
          type={kept ? "success" : "info"}
          showIcon
          title={file.name}
          description={<span className="small">{t("document.digest")} <Digest value={digest} /></span>}
          data-testid={`${testId}-chosen`}
        />
      )}
    </div>
  );
  return { digest, keep, link, form };
}
