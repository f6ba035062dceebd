import { Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import type { FinancingReport } from "../../lib/records";
import { Labelled } from "../../parts/Labelled";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money, RateText } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import type { Column } from "../../parts/PagedTable";
import { Frame } from "./Frame";

/** Financings is what banks paid out by month, and at what price. */
export function Financings(): ReactElement {
  const { t } = useTranslation("reports");
  const { seesAll } = useSession().viewer;
  const banks = useStatus().data?.validators ?? [];
  const [bank, setBank] = useState("");
  const [debtor, setDebtor] = useState("");
  const columns: Column<FinancingReport>[] = [
    { key: "month", title: t("month"), phone: "title", render: (r) => <span className="num">{r.month}</span> },
    { key: "bank", title: t("bank"), render: (r) => <MemberName id={r.bank} /> },
    { key: "count", title: t("count"), end: true, render: (r) => String(r.count) },
    { key: "amount", title: t("amount"), end: true, render: (r) => <Money amount={r.amount} /> },
    { key: "paidOut", title: t("paidOut"), end: true, render: (r) => <Money amount={r.paidOut} /> },
    { key: "interest", title: t("interest"), end: true, render: (r) => <Money amount={r.interest} /> },
    { key: "fees", title: t("fees"), end: true, render: (r) => <Money amount={r.fees} /> },
    { key: "allIn", title: t("allIn"), end: true, render: (r) => <><span className="soft small"><RateText rate={r.allInMin} /> · </span><RateText rate={r.allInAvg} /><span className="soft small"> · <RateText rate={r.allInMax} /></span></> },
  ];
  return (
    <Frame<FinancingReport>
      name="financings"
      params={{ bank, debtor }}
      columns={columns}
      rowKey={(r) => `${r.month}/${r.bank}`}
      filters={
        <>
          <Labelled text={t("bank")}>
            <Select allowClear style={{ width: "100%" }} placeholder={t("anyBank")} aria-label={t("bank")} value={bank || undefined} onChange={(v?: string) => setBank(v ?? "")} options={banks.map((b) => ({ value: b.bank, label: b.name || b.bank }))} data-testid="report-bank" />
          </Labelled>
          {seesAll && <Labelled text={t("debtor")}><MemberPicker value={debtor} onChange={setDebtor} roles={["debtor"]} label={t("debtor")} testId="report-debtor" /></Labelled>}
        </>
      }
    />
  );
}
