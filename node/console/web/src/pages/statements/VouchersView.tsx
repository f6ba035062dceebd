import { Radio, Skeleton } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../app/query";
import { parseFen, sumFen } from "../../lib/money";
import type { VoucherLine, Vouchers } from "../../lib/records";
import { Money } from "../../parts/Money";
import { CertificateLink, Digest } from "../../parts/Names";
import { EmptyState, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { Download } from "../../parts/Download";

type Model = "collect-and-sell" | "collect";

/** VouchersView proposes a month's voucher lines to the member's accountant. */
export function VouchersView({ month, member }: { month: string; member: string }): ReactElement {
  const { t } = useTranslation("statements");
  const [model, setModel] = useState<Model>("collect-and-sell");
  const path = `/v1/accounting/${month}`;
  const read = useRead<Vouchers>(path, { member, model, format: "json" });
  const params = { member, model };
  const name = `vouchers-${member}-${month}`;
  return (
    <div className="stack">
      <div className="row-between">
        <Radio.Group
          aria-label={t("model")}
          value={model}
          onChange={(e) => setModel(e.target.value as Model)}
          options={[{ value: "collect-and-sell", label: t("sell") }, { value: "collect", label: t("collect") }]}
          data-testid="voucher-model"
        />
        <div className="row">
          <Download path={path} params={{ ...params, format: "xlsx" }} name={`${name}.xlsx`} label="XLSX" of={t("way.vouchers")} primary testId="voucher-xlsx" />
          <Download path={path} params={{ ...params, format: "csv" }} name={`${name}.csv`} label="CSV" of={t("way.vouchers")} testId="voucher-csv" />
        </div>
      </div>
      <p className="soft small">{t("modelHint")}</p>
      {read.error != null && <ProblemBox error={read.error} onRetry={read.retry} />}
      {read.isLoading && <Skeleton active />}
      {read.data && <Lines lines={read.data.lines} />}
      <p className="soft small">{t("proposal")}</p>
    </div>
  );
}

function Lines({ lines }: { lines: VoucherLine[] }): ReactElement {
  const { t } = useTranslation("statements");
  const sum = (of: "debit" | "credit"): bigint => sumFen(lines.map((l) => (l[of] === "" ? 0n : parseFen(l[of]))));
  const shown = (text: string): ReactElement | string => (text === "" || text === "0.00" ? "" : <Money amount={text} />);
  const rows = lines.map((l, i) => ({ ...l, key: String(i) }));
  const columns: Column<(typeof rows)[number]>[] = [
    { key: "date", title: t("date"), render: (l) => <span className="num">{l.date}</span> },
    { key: "voucher", title: t("voucher"), render: (l) => l.voucher },
    { key: "summary", title: t("summary"), phone: "title", render: (l) => <span lang="zh-CN">{l.summary}</span> },
    { key: "account", title: t("account"), render: (l) => <span lang="zh-CN">{l.account}</span> },
    { key: "detail", title: t("counterpart"), render: (l) => l.detail },
    { key: "debit", title: t("debit"), end: true, render: (l) => shown(l.debit) },
    { key: "credit", title: t("credit"), end: true, render: (l) => shown(l.credit) },
    { key: "certificate", title: t("certificate"), phone: "hide", render: (l) => (l.certificate ? <CertificateLink number={l.certificate} short /> : "") },
    { key: "tx", title: t("transaction"), phone: "hide", render: (l) => <Digest value={l.txId} /> },
  ];
  const foot = (
    <span className="row" data-testid="voucher-sums">
      <span>{t("debit")} <Money amount={sum("debit")} /></span>
      <span>{t("credit")} <Money amount={sum("credit")} /></span>
    </span>
  );
  return (
    <Panel title={t("way.vouchers")}>
      <PagedTable label={t("way.vouchers")} columns={columns} rows={rows} rowKey={(l) => l.key} foot={foot} empty={<EmptyState title={t("noVouchers")} hint={t("noEntriesHint")} />} testId="voucher-list" />
    </Panel>
  );
}
