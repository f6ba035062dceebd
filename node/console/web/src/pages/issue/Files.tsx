import { Alert, Button } from "antd";
import { DownloadOutlined } from "@ant-design/icons";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import { fileDigest } from "../../lib/digest";
import { Problem } from "../../lib/problem";
import type { Attachment, AttachmentKind, Page } from "../../lib/records";
import { FileDrop } from "../../parts/FileDrop";
import { accepted, keepFile, linkFile } from "../../parts/files";
import { Digest, MemberName } from "../../parts/Names";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { saveBlob } from "../../parts/save";

interface FilesProps {
  kind: AttachmentKind;
  id: string;
  /** Digest on the ledger; a file with it is marked as the one. */
  document?: string | null;
}

/** Files are the files of a record at this node; a member that sees the record adds its own. */
export function Files({ kind, id, document }: FilesProps): ReactElement | null {
  const { t } = useTranslation("issue");
  const session = useSession();
  const refresh = useRefresh();
  const list = useRead<Page<Attachment>>("/v1/attachments", { kind, id });
  const [error, setError] = useState<unknown>(null);
  const [other, setOther] = useState("");
  if (list.error instanceof Problem && list.error.status === 404) return null; // a node that keeps no files
  const add = async (files: File[]): Promise<void> => {
    setError(null);
    setOther("");
    try {
      for (const file of files) {
        if (document && !(list.data?.items ?? []).some((f) => f.digest === document) && (await fileDigest(file)) !== document) setOther(file.name);
        await linkFile(session.api, { ...(await keepFile(session.api, file)), name: file.name }, kind, id);
      }
      await refresh();
    } catch (reason) {
      setError(reason);
    }
  };
  const save = async (file: Attachment): Promise<void> => {
    try {
      const download = await session.api.file(`/v1/attachments/${file.digest}`);
      saveBlob(download.blob, file.name || download.name || file.digest);
    } catch (reason) {
      setError(reason);
    }
  };
  const items = list.data?.items ?? [];
  return (
    <Panel title={t("files.title")} testId="files">
      <div className="stack">
        {list.error ? <ProblemBox error={list.error} onRetry={list.retry} /> : null}
        {error !== null && <ProblemBox error={error} />}
        {other !== "" && <Alert type="warning" showIcon title={t("files.other", { name: other })} data-testid="files-other" />}
        {items.map((f) => (
          <div key={f.digest} className="row-between" data-row={f.digest}>
            <span>
              <span className="strong">{f.name || t("files.unnamed")}</span> {document === f.digest && <span className="good small">{t("files.same")}</span>}
              <div className="soft small">
                <MemberName id={f.member} /> · {t("files.size", { size: Math.max(1, Math.round(f.size / 1024)) })} · <Digest value={f.digest} />
              </div>
            </span>
            <Button icon={<DownloadOutlined />} onClick={() => void save(f)} aria-label={`${t("files.save")} ${f.name}`} data-testid={`file-save-${f.digest.slice(0, 8)}`}>
              {t("files.save")}
            </Button>
          </div>
        ))}
        {list.data && items.length === 0 && <p className="soft">{t("files.none")}</p>}
        <FileDrop label={t("files.drop")} hint={t("files.hint")} accept={accepted} multiple onFiles={(files) => void add(files)} testId="files-drop" />
      </div>
    </Panel>
  );
}
