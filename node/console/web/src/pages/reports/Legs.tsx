import { Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { purposes } from "../../lib/enums";
import type { LegReport } from "../../lib/records";
import { Labelled } from "../../parts/Labelled";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import type { Column } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Frame } from "./Frame";

/** Legs are payments with what banks advised of them. */
export function Legs(): ReactElement {
  const { t } = useTranslation("reports");
  const words = useWords();
  const { seesAll } = useSession().viewer;
  const [purpose, setPurpose] = useState("");
  const [debtor, setDebtor] = useState("");
  const [member, setMember] = useState("");
  const columns: Column<LegReport>[] = [
    { key: "payee", title: t("payee"), phone: "title", render: (l) => <><MemberName id={l.payee} /> <span className="soft small">{l.payeeAccount}</span></> },
    { key: "payer", title: t("payer"), render: (l) => <><MemberName id={l.payer} /> <span className="soft small">{l.payerAccount}</span></> },
    { key: "purpose", title: t("purpose"), render: (l) => words.of("purpose", l.purpose) },
    { key: "run", title: t("run"), phone: "hide", render: (l) => l.run && <span className="num">{l.run.slice(-8)}</span> },
    { key: "amount", title: t("amount"), end: true, render: (l) => <Money amount={l.amount} /> },
    { key: "state", title: t("state"), render: (l) => <StateTag kind="settlement" state={l.state} /> },
    { key: "advice", title: t("advice"), render: (l) => l.adviceBank && <><MemberName id={l.adviceBank} /> <span className="mono">{l.reference}</span></> },
    { key: "credited", title: t("credited"), render: (l) => <InstantText at={l.credited} /> },
    { key: "remark", title: t("remark"), render: (l) => (l.disputed ? <span className="bad">{l.dispute}</span> : l.reason && <span className="warn">{l.reason}</span>) },
  ];
  return (
    <Frame<LegReport>
      name="legs"
      params={{ purpose, debtor, member }}
      columns={columns}
      rowKey={(l) => l.id}
      to={(l) => (l.run ? `/clearing/legs/${encodeURIComponent(l.id)}` : `/finance/settlements/${encodeURIComponent(l.id)}`)}
      filters={
        <>
          <Labelled text={t("purpose")}>
            <Select allowClear style={{ width: "100%" }} placeholder={t("anyPurpose")} aria-label={t("purpose")} value={purpose || undefined} onChange={(v?: string) => setPurpose(v ?? "")} options={purposes.map((p) => ({ value: p, label: words.of("purpose", p) }))} data-testid="report-purpose" />
          </Labelled>
          {seesAll && <Labelled text={t("debtor")}><MemberPicker value={debtor} onChange={setDebtor} roles={["debtor"]} label={t("debtor")} testId="report-debtor" /></Labelled>}
          {seesAll && <Labelled text={t("member")}><MemberPicker value={member} onChange={setMember} label={t("member")} testId="report-member" /></Labelled>}
        </>
      }
    />
  );
}
