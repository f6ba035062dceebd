import { Alert, Button, Form, Input, InputNumber, Segmented, Spin } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "../../app/i18n";
import { useSession } from "../../app/session";
import type { BatchPreview } from "../../lib/records";
import { FileDrop } from "../../parts/FileDrop";
import { mediaOf } from "../../parts/files";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { saveBlob } from "../../parts/save";
import { Review } from "./Review";
import { fields } from "./rows";
import type { Run } from "./run";

const longestDays = 366;

/** Prepare takes the file of payables and has it checked. */
export function Prepare({ onRun }: { onRun: (run: Run) => void }): ReactElement {
  const { t } = useTranslation("batch");
  const { api } = useSession();
  const [unit, setUnit] = useState<"yuan" | "fen">("yuan");
  const [days, setDays] = useState(0);
  const [columns, setColumns] = useState<Record<string, string>>({});
  const [preview, setPreview] = useState<{ of: BatchPreview; name: string; serial: number } | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const check = async (file: File): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const headings = Object.entries(columns).filter(([, v]) => v.trim() !== "").map(([k, v]) => `${k}=${v.trim()}`).join(",");
      const params = { unit, days: days || undefined, columns: headings || undefined };
      const of = await api.upload<BatchPreview>("POST", "/v1/batches/preview", file, mediaOf(file.name), { params });
      setPreview({ of, name: file.name, serial: (preview?.serial ?? 0) + 1 });
    } catch (reason) {
      setError(reason);
    }
    setBusy(false);
  };
  const template = async (format: "xlsx" | "csv"): Promise<void> => {
    try {
      const download = await api.file("/v1/batches/template", { params: { format, language: currentLanguage() } });
      saveBlob(download.blob, download.name || `payables.${format}`);
    } catch (reason) {
      setError(reason);
    }
  };
  if (preview) return <Review key={preview.serial} preview={preview.of} name={preview.name} unit={unit} onAnother={() => setPreview(null)} onRun={onRun} />;
  return (
    <div className="stack">
      <Panel title={t("file.title")} actions={<><Button onClick={() => void template("xlsx")} data-testid="batch-template">{t("file.template")}</Button><Button onClick={() => void template("csv")} data-testid="batch-template-csv">CSV</Button></>}>
        <div className="stack">
          <FileDrop label={t("file.drop")} hint={t("file.hint")} accept=".xlsx,.csv" disabled={busy} onFiles={(files) => files[0] && void check(files[0])} testId="batch-file" />
          {busy && <div className="row" role="status"><Spin /> {t("file.checking")}</div>}
          {error !== null && <ProblemBox error={error} />}
          <Alert type="info" title={t("file.about")} />
        </div>
      </Panel>
      <Panel title={t("options.title")}>
        <Form layout="vertical">
          <div className="grid">
            <Form.Item label={t("options.unit")}>
              <Segmented value={unit} onChange={setUnit} options={[{ value: "yuan" as const, label: t("options.yuan") }, { value: "fen" as const, label: t("options.fen") }]} aria-label={t("options.unit")} data-testid="batch-unit" />
            </Form.Item>
            <Form.Item label={t("options.days")} htmlFor="days" extra={t("options.daysHint")}>
              <InputNumber id="days" min={0} max={longestDays} precision={0} value={days} onChange={(v) => setDays(v ?? 0)} data-testid="batch-days" />
            </Form.Item>
          </div>
          <details>
            <summary>{t("options.columns")}</summary>
            <p className="soft small" style={{ margin: "8px 0" }}>{t("options.columnsHint")}</p>
            <div className="grid">
              {fields.map((f) => (
                <Form.Item key={f} label={t(`field.${f}`)} htmlFor={`column-${f}`}>
                  <Input id={`column-${f}`} value={columns[f] ?? ""} placeholder={t(`field.${f}`)} onChange={(e) => setColumns({ ...columns, [f]: e.target.value })} data-testid={`batch-column-${f}`} />
                </Form.Item>
              ))}
            </div>
          </details>
        </Form>
      </Panel>
    </div>
  );
}
