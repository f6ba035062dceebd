import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import type { OverdueReport } from "../../lib/records";
import { Labelled } from "../../parts/Labelled";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import type { Column } from "../../parts/PagedTable";
import { DateText } from "../../parts/Time";
import { Frame } from "./Frame";

const sums = ["open", "accruing", "accrued", "interestPaid", "waived", "extended", "paidLate"] as const;

/** Overdue is what debtors pay or have paid late: the disclosure. */
export function Overdue(): ReactElement {
  const { t } = useTranslation("reports");
  const { seesAll } = useSession().viewer;
  const [debtor, setDebtor] = useState("");
  const columns: Column<OverdueReport>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (r) => <MemberName id={r.debtor} withCode /> },
    { key: "amount", title: t("overdue.amount"), end: true, render: (r) => <span className="bad strong"><Money amount={r.amount} /></span> },
    { key: "certificates", title: t("overdue.certificates"), end: true, render: (r) => t("overdue.counts", { certificates: r.certificates, runs: r.runs }) },
    { key: "since", title: t("overdue.since"), render: (r) => r.since && <><DateText date={r.since} /> <span className="soft small">{t("overdue.days", { days: r.days })}</span></> },
    ...sums.map((s): Column<OverdueReport> => ({ key: s, title: t(`overdue.${s}`), end: true, render: (r) => (r[s] === "0.00" ? null : <Money amount={r[s]} />) })),
  ];
  return (
    <Frame<OverdueReport>
      name="overdue"
      params={{ debtor }}
      columns={columns}
      rowKey={(r) => r.debtor}
      filters={seesAll && <Labelled text={t("debtor")}><MemberPicker value={debtor} onChange={setDebtor} roles={["debtor"]} label={t("debtor")} testId="report-debtor" /></Labelled>}
    />
  );
}
