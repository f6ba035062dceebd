import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import type { DailyReport, Flow } from "../../lib/records";
import { Labelled } from "../../parts/Labelled";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import type { Column } from "../../parts/PagedTable";
import { DateText } from "../../parts/Time";
import { Frame } from "./Frame";

const flows = ["issued", "accepted", "transferred", "financed", "redeemed", "returned", "overdue"] as const;

/** Daily is what happened by day and debtor. */
export function Daily(): ReactElement {
  const { t } = useTranslation("reports");
  const { seesAll } = useSession().viewer;
  const [debtor, setDebtor] = useState("");
  const columns: Column<DailyReport>[] = [
    { key: "day", title: t("day"), phone: "title", render: (r) => <DateText date={r.day} /> },
    { key: "debtor", title: t("debtor"), render: (r) => <MemberName id={r.debtor} /> },
    ...flows.map((f): Column<DailyReport> => ({ key: f, title: t(`flow.${f}`), end: true, render: (r) => <Both flow={r[f]} bad={f === "overdue" || f === "returned"} /> })),
  ];
  return (
    <Frame<DailyReport>
      name="daily"
      params={{ debtor }}
      columns={columns}
      rowKey={(r) => `${r.day}/${r.debtor}`}
      filters={seesAll && <Labelled text={t("debtor")}><MemberPicker value={debtor} onChange={setDebtor} roles={["debtor"]} label={t("debtor")} testId="report-debtor" /></Labelled>}
    />
  );
}

function Both({ flow, bad }: { flow: Flow; bad: boolean }): ReactElement | null {
  if (flow.count === 0) return null;
  return (
    <span className={bad ? "bad" : undefined}>
      <Money amount={flow.amount} /> <span className="soft small">{flow.count}</span>
    </span>
  );
}
