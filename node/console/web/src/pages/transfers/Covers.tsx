import { Tag } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useRead } from "../../app/query";
import type { Allocation, Invoice } from "../../lib/records";
import { Money } from "../../parts/Money";
import { DateText } from "../../parts/Time";

/** Covers lists the invoices that cover a transfer, as far as the viewer may see them. */
export function Covers({ allocations }: { allocations: Allocation[] }): ReactElement {
  const { t } = useTranslation("transfers");
  if (allocations.length === 0) return <p className="soft">{t("covers.none")}</p>;
  return (
    <div className="stack-tight" data-testid="transfer-covers">
      <p className="soft">{t("covers.about")}</p>
      {allocations.map((a) => (
        <Cover key={a.invoice} allocation={a} />
      ))}
    </div>
  );
}

function Cover({ allocation: a }: { allocation: Allocation }): ReactElement {
  const { t } = useTranslation("transfers");
  const i = useRead<Invoice>(`/v1/invoices/${a.invoice}`).data;
  return (
    <div className="row-between" style={{ flexWrap: "nowrap", alignItems: "flex-start" }}>
      <span>
        {i ? <Link to={`/issue/invoices/${a.invoice}`}>{t("covers.invoice")} <span className="mono">{a.invoice.slice(0, 12)}</span></Link> : <span>{t("covers.invoice")} <span className="mono">{a.invoice.slice(0, 12)}</span></span>}{" "}
        {i && (
          <span className="soft small">
            <DateText date={i.date} /> · {t("covers.of")} <Money amount={i.amount} /> <Verified invoice={i} />
          </span>
        )}
      </span>
      <Money amount={a.amount} />
    </div>
  );
}

/** Verified says whether a bank has attested an invoice. */
export function Verified({ invoice: i }: { invoice: Invoice }): ReactElement {
  const { t } = useTranslation("transfers");
  if (!i.verified.bank) return <Tag>{t("covers.unchecked")}</Tag>;
  return <Tag color={i.verified.good ? "success" : "error"}>{i.verified.good ? t("covers.checked") : t("covers.bad")}</Tag>;
}
