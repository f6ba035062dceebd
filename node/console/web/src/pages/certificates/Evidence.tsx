import { DownloadOutlined } from "@ant-design/icons";
import { Button, Tag } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { remaining } from "../../lib/build";
import { isCode } from "../../lib/problem";
import type { Allocation, CertificateView, Invoice, Page, TradeContract } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { Digest, MemberName } from "../../parts/Names";
import { EmptyState } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { saveBlob } from "../../parts/save";
import { DateText, InstantText } from "../../parts/Time";

/** A file that belongs to a record: GET /v1/attachments. */
interface Attached {
  name: string;
  digest: string;
  size: number;
  member: string;
  at: string;
}

/** Evidence is the trade behind a certificate: contract, invoices with what they cover, and files. Who is no party sees that it was checked, not what it says. */
export function Evidence({ certificate: c }: { certificate: CertificateView }): ReactElement {
  const { t } = useTranslation("certificates");
  const contract = useRead<TradeContract>(c.contract ? `/v1/contracts/${encodeURIComponent(c.contract)}` : null);
  return (
    <div className="stack">
      <p className="soft">{t("evidence.about")}</p>
      <h2 style={{ fontSize: 16 }}>{t("evidence.contract")}</h2>
      {contract.data && <ContractFacts contract={contract.data} />}
      {contract.error ? <NotYours error={contract.error} /> : null}
      <h2 style={{ fontSize: 16 }}>{t("evidence.invoices")}</h2>
      {c.allocations.length === 0 && <EmptyState title={t("evidence.noInvoices")} />}
      {c.allocations.map((a) => (
        <InvoiceFacts key={a.invoice} allocation={a} />
      ))}
      <h2 style={{ fontSize: 16 }}>{t("evidence.files")}</h2>
      <Files number={c.number} />
      {c.green && <Facts items={[{ label: t("evidence.green"), value: <Digest value={c.greenProof} /> }]} />}
    </div>
  );
}

/** NotYours says that one is no party to it; other errors are shown as they are. */
function NotYours({ error }: { error: unknown }): ReactElement {
  const { t } = useTranslation("certificates");
  return isCode(error, "NOT_AUTHORISED") || isCode(error, "NOT_FOUND") ? <p className="soft">{t("evidence.notYours")}</p> : <ProblemBox error={error} />;
}

function ContractFacts({ contract: k }: { contract: TradeContract }): ReactElement {
  const { t } = useTranslation("certificates");
  return (
    <Facts
      testId="evidence-contract"
      items={[
        { label: t("evidence.contractId"), value: <Link to={`/issue/contracts/${encodeURIComponent(k.id)}`}>{k.id}</Link> },
        { label: t("evidence.buyer"), value: <MemberName id={k.buyer} /> },
        { label: t("evidence.seller"), value: <MemberName id={k.seller} /> },
        { label: t("evidence.signed"), value: <DateText date={k.signed} /> },
        { label: t("evidence.amount"), value: k.amount === "0.00" ? t("evidence.framework") : <Money amount={k.amount} /> },
        { label: t("evidence.term"), value: t("evidence.days", { days: k.termDays }) },
        { label: t("evidence.agreed"), value: k.agreed ? t("facts.yes") : t("facts.no") },
        { label: t("evidence.document"), value: <Digest value={k.document} /> },
      ]}
    />
  );
}

function InvoiceFacts({ allocation: a }: { allocation: Allocation }): ReactElement {
  const { t } = useTranslation("certificates");
  const words = useWords();
  const read = useRead<Invoice>(`/v1/invoices/${a.invoice}`);
  const i = read.data;
  return (
    <div className="figure stack-tight" data-testid="evidence-invoice">
      <div className="row-between">
        <span>
          {t("evidence.covers")} <Money amount={a.amount} />
        </span>
        {i && <VerifiedTag invoice={i} words={(k) => words.of("verification", k)} />}
      </div>
      {i ? (
        <Facts
          items={[
            { label: t("evidence.invoice"), value: <Link to={`/issue/invoices/${i.fingerprint}`}><span className="mono">{i.fingerprint.slice(0, 16)}…</span></Link> },
            { label: t("evidence.amount"), value: <Money amount={i.amount} /> },
            { label: t("evidence.remaining"), value: <Money amount={remaining(i)} /> },
            { label: t("evidence.date"), value: <DateText date={i.date} /> },
            { label: t("evidence.due"), value: i.due && <DateText date={i.due} /> },
            { label: t("evidence.cancelled"), value: i.cancelled === "0.00" ? null : <span className="bad"><Money amount={i.cancelled} /></span> },
            { label: t("evidence.checkedAt"), value: i.verified.at && <InstantText at={i.verified.at} /> },
            { label: t("evidence.checkedBy"), value: i.verified.bank && <MemberName id={i.verified.bank} /> },
          ]}
        />
      ) : (
        <div>
          <Digest value={a.invoice} />
          {read.error ? <NotYours error={read.error} /> : null}
        </div>
      )}
    </div>
  );
}

function VerifiedTag({ invoice: i, words }: { invoice: Invoice; words: (kind: string) => string }): ReactElement {
  const { t } = useTranslation("certificates");
  if (!i.verified.bank) return <Tag>{t("evidence.unchecked")}</Tag>;
  return <Tag color={i.verified.good ? "success" : "error"}>{i.verified.good ? t("evidence.good", { kind: words(i.verified.kind ?? "") }) : t("evidence.notGood")}</Tag>;
}

function Files({ number }: { number: string }): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const read = useRead<Page<Attached>>("/v1/attachments", { kind: "certificate", id: number });
  const [error, setError] = useState<unknown>(null);
  const get = async (f: Attached): Promise<void> => {
    try {
      const file = await session.api.file(`/v1/attachments/${f.digest}`);
      saveBlob(file.blob, f.name || file.name);
    } catch (reason) {
      setError(reason);
    }
  };
  if (read.error) return <p className="soft">{t("evidence.noFiles")}</p>;
  const files = read.data?.items ?? [];
  if (files.length === 0) return <p className="soft">{t("evidence.noFiles")}</p>;
  return (
    <div className="stack-tight">
      {files.map((f) => (
        <div key={f.digest} className="row">
          <Button size="small" icon={<DownloadOutlined />} onClick={() => void get(f)}>
            {f.name || f.digest.slice(0, 12)}
          </Button>
          <span className="soft small">
            <MemberName id={f.member} /> · <InstantText at={f.at} />
          </span>
        </div>
      ))}
      {error !== null && <ProblemBox error={error} />}
    </div>
  );
}
