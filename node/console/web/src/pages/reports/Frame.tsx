import { DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import type { Params } from "../../lib/api";
import { Labelled } from "../../parts/Labelled";
import { EmptyState, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { DateInput } from "../../parts/Time";
import { csvOf } from "../../parts/csv";
import { saveBlob } from "../../parts/save";

interface FrameProps<T> {
  name: string;
  params: Params;
  columns: Column<T>[];
  rowKey: (row: T) => string;
  to?: (row: T) => string | null;
  /** More filters. */
  filters?: ReactNode;
  /** A picture above the rows. */
  picture?: (rows: T[]) => ReactNode;
}

/** Frame is a report with its days, filters, rows and the file of all of them. */
export function Frame<T>({ name, params, columns, rowKey, to, filters, picture }: FrameProps<T>): ReactElement {
  const { t } = useTranslation("reports");
  const { api } = useSession();
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const path = `/v1/reports/${name}`;
  const all = { ...params, from, to: until };
  const pages = usePages<T>(path, all, 100);
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      saveBlob(await csvOf(api, path, all), [name, from, until].filter(Boolean).join("-") + ".csv");
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel
      title={t(`name.${name}`)}
      actions={<Button icon={<DownloadOutlined />} loading={busy} onClick={() => void save()} data-testid="report-csv">{t("csv")}</Button>}
    >
      <div className="stack">
        <div className="grid">
          <Labelled text={t("from")}><DateInput value={from} onChange={setFrom} label={t("from")} testId="report-from" /></Labelled>
          <Labelled text={t("to")}><DateInput value={until} onChange={setUntil} label={t("to")} testId="report-to" /></Labelled>
          {filters}
        </div>
        {error !== null && <ProblemBox error={error} />}
        {picture && pages.items.length > 1 && picture(pages.items)}
        <PagedTable label={t(`name.${name}`)} columns={columns} pages={pages} rowKey={rowKey} to={to} empty={<EmptyState title={t("none")} hint={t("noneHint")} />} testId="report-rows" />
      </div>
    </Panel>
  );
}
