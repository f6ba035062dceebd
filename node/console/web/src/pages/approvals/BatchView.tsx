import { Alert, Button } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useNames, usePages, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { fenText, parseFen } from "../../lib/money";
import { parseCertificateNumber } from "../../lib/number";
import type { Attachment, Line, Page, Proposal } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Capital, Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { Figure, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { saveBlob } from "../../parts/save";
import { StateTag } from "../../parts/StateTag";
import { DateText } from "../../parts/Time";
import { type Batch, type Group, type Row, sample } from "./batch";

const drawn = 5;

/** BatchView is a batch before it is signed: sums, what is left of lines, some rows at random, and all of them. */
export function BatchView({ proposal: p, batch }: { proposal: Proposal; batch: Batch }): ReactElement {
  const { t } = useTranslation("approvals");
  const today = useToday();
  const [whole, setWhole] = useState(false);
  const day = parseCertificateNumber(batch.rows[0]?.number ?? "")?.issued ?? "";
  return (
    <>
      <Panel title={t("would")} actions={<StateTag kind="proposal" state={p.state} testId="proposal-state" />} testId="proposal-what">
        <div className="stack">
          <div className="grid">
            <Figure label={t("batch.count")} value={batch.rows.length} testId="batch-count" />
            <Figure label={t("batch.amount")} value={<Money amount={batch.amount} testId="proposal-amount" />} note={<Capital amount={batch.amount} />} accent />
            <Figure label={t("batch.suppliers")} value={batch.bySupplier.length} />
          </div>
          {day !== "" && today !== "" && (
            <Alert type={day === today ? "info" : "warning"} showIcon title={t(day === today ? "batch.today" : "batch.stale", { day })} data-testid="batch-day" />
          )}
          {batch.others.length > 0 && <Alert type="warning" showIcon title={t("batch.others", { count: batch.others.length, places: batch.others.map((o) => o.place).join(", ") })} />}
        </div>
      </Panel>
      <Sums batch={batch} />
      <Draw proposal={p} rows={batch.rows} />
      <Panel
        title={t("batch.rows", { count: batch.rows.length })}
        actions={<Button onClick={() => setWhole(!whole)} aria-expanded={whole} data-testid="batch-all">{t(whole ? "batch.hide" : "batch.show")}</Button>}
      >
        {whole ? <Rows rows={batch.rows} /> : <p className="soft">{t("batch.rowsHint")}</p>}
      </Panel>
    </>
  );
}

function Sums({ batch }: { batch: Batch }): ReactElement {
  const { t } = useTranslation("approvals");
  const { member } = useSession();
  const lines = usePages<Line>(batch.byLine.length > 0 ? "/v1/lines" : null, {}, 200);
  const left = (key: string): string | null => {
    const line = lines.items.find((l) => `${l.bank}/${l.id}` === key && l.debtor === member.id);
    if (!line) return null;
    const rest = parseFen(line.limit) - parseFen(line.used) - parseFen(line.reserved);
    return fenText(rest > 0n ? rest : 0n);
  };
  const counted = (title: string, render: (g: Group) => ReactElement): Column<Group>[] => [
    { key: "what", title, phone: "title", render },
    { key: "count", title: t("batch.count"), end: true, render: (g) => g.count },
    { key: "amount", title: t("amount"), end: true, render: (g) => <Money amount={g.amount} /> },
  ];
  const table = (key: "bySupplier" | "byMaturity", render: (g: Group) => ReactElement): ReactElement => (
    <Panel title={t(`batch.${key}`)}>
      <PagedTable label={t(`batch.${key}`)} columns={counted(t(`batch.of.${key}`), render)} rows={batch[key]} rowKey={(g) => g.key} testId={`batch-${key === "bySupplier" ? "by-supplier" : "by-maturity"}`} />
    </Panel>
  );
  return (
    <div className="grid-two">
      {table("bySupplier", (g) => <MemberName id={g.key} />)}
      <div className="stack">
        {table("byMaturity", (g) => <DateText date={g.key} />)}
        {batch.byLine.length > 0 && (
          <Panel title={t("batch.byLine")}>
            <PagedTable
              label={t("batch.byLine")}
              columns={[
                ...counted(t("batch.of.byLine"), (g) => <><MemberName id={g.key.split("/")[0]} /> · {g.key.split("/").slice(1).join("/")}</>),
                { key: "left", title: t("batch.left"), end: true, render: (g) => { const l = left(g.key); return l === null ? "—" : <Money amount={l} />; } },
              ]}
              rows={batch.byLine}
              rowKey={(g) => g.key}
              testId="batch-by-line"
            />
            <p className="soft small" style={{ marginTop: 8 }}>{t("batch.leftHint")}</p>
          </Panel>
        )}
      </div>
    </div>
  );
}

/** Draw opens a few rows at random, with their invoices and files. */
function Draw({ proposal: p, rows }: { proposal: Proposal; rows: Row[] }): ReactElement {
  const { t } = useTranslation("approvals");
  const [picked, setPicked] = useState<Row[]>([]);
  return (
    <Panel
      title={t("batch.draw")}
      actions={<Button onClick={() => setPicked(sample(rows, drawn))} data-testid="batch-draw">{t(picked.length > 0 ? "batch.drawAgain" : "batch.drawSome", { count: Math.min(drawn, rows.length) })}</Button>}
    >
      {picked.length === 0 ? <p className="soft">{t("batch.drawHint")}</p> : <div className="stack" data-testid="batch-drawn">{picked.map((row) => <Opened key={row.place} proposal={p} row={row} />)}</div>}
    </Panel>
  );
}

function Opened({ proposal: p, row }: { proposal: Proposal; row: Row }): ReactElement {
  const { t } = useTranslation("approvals");
  const { api } = useSession();
  const files = useRead<Page<Attachment>>("/v1/attachments", { kind: "batch-row", id: `${p.id}.${row.place}` });
  const save = async (f: Attachment): Promise<void> => saveBlob((await api.file(`/v1/attachments/${f.digest}`)).blob, f.name || f.digest);
  return (
    <div className="pick-row on" style={{ gridTemplateColumns: "minmax(0, 1fr)" }} data-row={row.place}>
      <div className="stack-tight">
        <div className="row-between"><span className="strong">{t("batch.place", { place: row.place })} · <MemberName id={row.creditor} withCode link /></span><Money amount={row.face} /></div>
        <Facts
          items={[
            { label: t("batch.number"), wide: true, value: <CertificateLink number={row.number} plain /> },
            { label: t("batch.reference"), value: row.reference },
            { label: t("batch.maturity"), value: <DateText date={row.maturity} /> },
            { label: t("batch.contract"), value: <Link to={`/issue/contracts/${encodeURIComponent(row.contract)}`} className="mono">{row.contract.slice(0, 16)}</Link> },
            { label: t("batch.line"), value: row.line && <><MemberName id={row.bank} /> · {row.line}</> },
            { label: t("batch.invoices"), wide: true, value: row.allocations.map((a) => <div key={a.invoice}><Link to={`/issue/invoices/${a.invoice}`} className="mono">{a.invoice.slice(0, 16)}</Link> <Money amount={a.amount} /></div>) },
            { label: t("batch.files"), wide: true, value: (files.data?.items ?? []).length > 0 ? files.data?.items.map((f) => <Button key={f.digest} size="small" onClick={() => void save(f)}>{f.name || f.digest.slice(0, 12)}</Button>) : null },
          ]}
        />
      </div>
    </div>
  );
}

function Rows({ rows }: { rows: Row[] }): ReactElement {
  const { t } = useTranslation("approvals");
  const names = useNames(rows.map((r) => r.creditor));
  const columns: Column<Row>[] = [
    { key: "place", title: t("batch.row"), end: true, phone: "hide", render: (r) => r.place },
    { key: "creditor", title: t("batch.of.bySupplier"), phone: "title", render: (r) => names(r.creditor) },
    { key: "amount", title: t("amount"), end: true, render: (r) => <Money amount={r.face} /> },
    { key: "maturity", title: t("batch.maturity"), render: (r) => <DateText date={r.maturity} /> },
    { key: "reference", title: t("batch.reference"), render: (r) => r.reference },
    { key: "number", title: t("batch.number"), phone: "hide", render: (r) => <CertificateLink number={r.number} short plain /> },
    { key: "line", title: t("batch.line"), phone: "hide", render: (r) => r.line ?? "" },
  ];
  return <PagedTable label={t("batch.rows", { count: rows.length })} columns={columns} rows={rows} rowKey={(r) => String(r.place)} testId="batch-rows" />;
}
