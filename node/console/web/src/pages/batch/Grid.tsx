import { Button, Input } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "../../app/query";
import { isSocialCredit } from "../../lib/number";
import { EmptyState } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { Faults } from "./Faults";
import type { FieldName, Row } from "./rows";

interface GridProps {
  rows: Row[];
  onChange: (line: number, field: FieldName, value: string) => void;
  onOpen: (line: number) => void;
  onOut: (line: number, out: boolean) => void;
}

/** Grid is the rows of a file, with inputs in place where something is wrong or was opened. */
export function Grid({ rows, onChange, onOpen, onOut }: GridProps): ReactElement {
  const { t } = useTranslation("batch");
  const names = useNames(rows.map((r) => r.values["creditor"]).filter((c) => c !== undefined && isSocialCredit(c)));
  const cell = (row: Row, field: FieldName, width: number): ReactElement => <Cell key={field} row={row} field={field} width={width} onChange={onChange} />;
  const columns: Column<Row>[] = [
    { key: "line", title: t("line"), end: true, render: (r) => r.line },
    {
      key: "state", title: t("state"), width: 300,
      render: (r) => (
        <div className="stack-tight" style={{ minWidth: 200, maxWidth: 320, overflowWrap: "anywhere", textAlign: "start" }}>
          <State row={r} />
          <div className="row" style={{ gap: 6 }}>
            {!r.open && !r.out && <Button size="small" onClick={() => onOpen(r.line)} data-testid={`batch-edit-${r.line}`}>{t("edit")}</Button>}
            <Button size="small" onClick={() => onOut(r.line, !r.out)} data-testid={`batch-out-${r.line}`}>{t(r.out ? "back" : "leave")}</Button>
          </div>
        </div>
      ),
    },
    { key: "reference", title: t("field.reference"), phone: "title", render: (r) => cell(r, "reference", 130) },
    {
      key: "creditor", title: t("field.creditor"),
      render: (r) => <div className="stack-tight">{cell(r, "creditor", 190)}{r.values["creditor"] && names(r.values["creditor"]) !== r.values["creditor"] && <span className="small soft">{names(r.values["creditor"])}</span>}</div>,
    },
    { key: "amount", title: t("field.amount"), end: true, render: (r) => cell(r, "amount", 120) },
    { key: "due", title: t("due"), render: (r) => <div className="stack-tight">{cell(r, "maturity", 120)}{(r.values["days"] || r.faults.some((f) => f.column === "days")) && cell(r, "days", 80)}</div> },
    { key: "contract", title: t("field.contract"), render: (r) => cell(r, "contract", 150) },
    { key: "invoices", title: t("invoices"), render: (r) => <div className="stack-tight">{(["invoices", "invoice_code", "invoice_number", "invoice_date"] as const).filter((f) => r.values[f] !== undefined || r.faults.some((x) => x.column === f)).map((f) => cell(r, f, 190))}</div> },
    { key: "line-of-credit", title: t("credit"), render: (r) => (r.values["bank"] || r.values["line"] || r.faults.some((f) => f.column === "line") ? <div className="stack-tight">{cell(r, "bank", 190)}{cell(r, "line", 120)}</div> : null) },
  ];
  return <PagedTable label={t("review.rows")} columns={columns} rows={rows} rowKey={(r) => String(r.line)} empty={<EmptyState title={t("noRows")} hint={t("noRowsHint")} />} testId="batch-rows" />;
}

interface CellProps {
  row: Row;
  field: FieldName;
  width: number;
  onChange: (line: number, field: FieldName, value: string) => void;
}

/** Cell is a value, or the input for it. */
function Cell({ row, field, width, onChange }: CellProps): ReactElement {
  const { t } = useTranslation("batch");
  const value = row.values[field] ?? "";
  const wrong = row.faults.some((f) => f.column === field);
  if (!row.open || row.out) return <span className={field === "creditor" || field === "contract" || field === "invoices" ? "mono" : "num"} title={value}>{value.length > 24 ? `${value.slice(0, 16)}…` : value}</span>;
  return (
    <Input
      size="small"
      style={{ minWidth: width }}
      value={value}
      status={wrong ? "error" : ""}
      aria-invalid={wrong}
      aria-label={t("cell", { line: row.line, field: t(`field.${field}`) })}
      placeholder={t(`field.${field}`)}
      onChange={(e) => onChange(row.line, field, e.target.value)}
      data-testid={`batch-cell-${row.line}-${field}`}
    />
  );
}

function State({ row }: { row: Row }): ReactElement {
  const { t } = useTranslation("batch");
  if (row.out) return <span className="soft">{t("is.out")}</span>;
  if (row.changed) return <span className="warn">{t("is.changed")}</span>;
  if (row.faults.length > 0) return <Faults faults={row.faults} />;
  return <span className="good">{t("is.good")}</span>;
}
