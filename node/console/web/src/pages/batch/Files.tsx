import { Progress } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import type { OwnedFile } from "../../lib/records";
import { FileDrop } from "../../parts/FileDrop";
import { accepted, keepAll } from "../../parts/files";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";

interface FilesProps {
  files: OwnedFile[];
  /** Line of the row of each file, by digest. */
  matched: Map<string, number>;
  /** How many rows there are. */
  rows: number;
  onFiles: (files: OwnedFile[]) => void;
}

/** Files takes the papers of a batch, as a ZIP archive or one by one, and shows which row each belongs to. */
export function Files({ files, matched, rows, onFiles }: FilesProps): ReactElement {
  const { t } = useTranslation("batch");
  const { api } = useSession();
  const [done, setDone] = useState<{ at: number; of: number } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const take = async (list: File[]): Promise<void> => {
    setError(null);
    setDone({ at: 0, of: list.length });
    try {
      onFiles(await keepAll(api, list, (at) => setDone({ at, of: list.length })));
    } catch (reason) {
      setError(reason);
    }
    setDone(null);
  };
  const without = files.filter((f) => !matched.has(f.digest));
  return (
    <Panel title={t("files.title")} testId="batch-files">
      <div className="stack">
        <FileDrop label={t("files.drop")} hint={t("files.hint")} accept={accepted} multiple disabled={done !== null} onFiles={(list) => void take(list)} testId="batch-attachments" />
        {done && <Progress percent={Math.round((100 * done.at) / done.of)} format={() => `${done.at}/${done.of}`} aria-label={t("files.title")} />}
        {error !== null && <ProblemBox error={error} />}
        {files.length > 0 && (
          <p data-testid="batch-matched" data-matched={matched.size}>
            {t("files.matched", { count: matched.size, rows: new Set(matched.values()).size, all: rows })}
          </p>
        )}
        {without.length > 0 && <p className="warn">{t("files.without", { names: without.slice(0, 10).map((f) => f.name).join("、"), count: without.length })}</p>}
      </div>
    </Panel>
  );
}
