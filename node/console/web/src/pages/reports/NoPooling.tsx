import { CheckCircleOutlined, ExclamationCircleOutlined } from "@ant-design/icons";
import { Skeleton } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../app/query";
import { useWords } from "../../app/words";
import type { NoPooling as Proof } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Copy } from "../../parts/Names";
import { Money } from "../../parts/Money";
import { Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { InstantText } from "../../parts/Time";

const command = "scf report no-pooling";

/** NoPooling is the proof that the ledger holds no money: every payment is between two registered accounts. */
export function NoPooling(): ReactElement {
  const { t } = useTranslation("reports");
  const words = useWords();
  const read = useRead<Proof>("/v1/reports/no-pooling", {}, { fresh: 60_000 });
  const p = read.data;
  if (read.error) return <ProblemBox error={read.error} onRetry={read.retry} />;
  if (!p) return <Skeleton active paragraph={{ rows: 6 }} />;
  return (
    <div className="stack">
      <div className={p.holds ? "verdict verdict-good" : "verdict verdict-bad"} role="status" data-testid="no-pooling" data-holds={String(p.holds)}>
        {p.holds ? <CheckCircleOutlined aria-hidden="true" /> : <ExclamationCircleOutlined aria-hidden="true" />}
        <div>
          <h2>{t(p.holds ? "pooling.holds" : "pooling.not", { count: p.findings.length })}</h2>
          <p>{t("pooling.asOf", { height: p.asOf.height })} <InstantText at={p.asOf.time} /></p>
        </div>
      </div>
      {p.findings.length > 0 && (
        <PagedTable label={t("pooling.findings")} columns={[{ key: "subject", title: t("pooling.subject"), phone: "title", render: (f) => <span className="mono">{f.subject}</span> }, { key: "text", title: t("pooling.text"), render: (f) => f.text }]} rows={p.findings} rowKey={(f) => `${f.subject}/${f.text}`} testId="findings" />
      )}
      <Panel title={t("pooling.counted")}>
        <Facts
          items={[
            { label: t("pooling.members"), value: String(p.members) },
            { label: t("pooling.operators"), value: String(p.operators) },
            { label: t("pooling.accounts"), value: String(p.accounts) },
            { label: t("pooling.settlements"), value: String(p.settlements) },
            { label: t("pooling.instructed"), value: String(p.instructed) },
            { label: t("pooling.advices"), value: String(p.advices) },
            { label: t("pooling.settled"), value: <><Money amount={p.settled.amount} /> <span className="soft small">{p.settled.count}</span></> },
            { label: t("pooling.command"), value: <><span className="mono">{command}</span> <Copy text={command} /></>, wide: true },
          ]}
        />
      </Panel>
      <Panel title={t("pooling.purposes")}>
        <PagedTable
          label={t("pooling.purposes")}
          columns={[
            { key: "purpose", title: t("purpose"), phone: "title", render: (x) => words.of("purpose", x.purpose) },
            { key: "count", title: t("count"), end: true, render: (x) => String(x.count) },
            { key: "amount", title: t("amount"), end: true, render: (x) => <Money amount={x.amount} /> },
          ]}
          rows={p.purposes}
          rowKey={(x) => x.purpose}
        />
      </Panel>
      <Panel title={t("pooling.kinds")}>
        <PagedTable
          label={t("pooling.kinds")}
          columns={[
            { key: "kind", title: t("pooling.kind"), phone: "title", render: (k) => <span className="mono">{k.kind}</span> },
            { key: "what", title: t("pooling.what"), render: (k) => t(`kinds.${k.kind}`, { defaultValue: k.what }) },
            { key: "count", title: t("count"), end: true, render: (k) => String(k.count) },
          ]}
          rows={p.kinds}
          rowKey={(k) => k.kind}
          testId="record-kinds"
        />
      </Panel>
    </div>
  );
}
