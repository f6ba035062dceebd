import { DownloadOutlined } from "@ant-design/icons";
import { Button, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { alertStates } from "../../lib/enums";
import type { Alert } from "../../lib/records";
import { MemberPicker } from "../../parts/MemberPicker";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { DateInput, InstantText } from "../../parts/Time";
import { csvOf } from "../../parts/csv";
import { saveBlob } from "../../parts/save";

/** The rules that raise alerts. */
export const alertRules = ["OVERDUE", "VELOCITY", "PASS-THROUGH", "CIRCULAR", "EVIDENCE-REUSE", "TERM-JUMP", "CONCENTRATION"] as const;

/** List are the alerts about the viewer, or all. */
export function List(): ReactElement {
  const { t } = useTranslation("alerts");
  const words = useWords();
  const { api, viewer } = useSession();
  const [state, setState] = useState("open");
  const [rule, setRule] = useState("");
  const [member, setMember] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [error, setError] = useState<unknown>(null);
  const params = { state, rule, member, from, to };
  const pages = usePages<Alert>("/v1/alerts", params);
  const save = async (): Promise<void> => {
    setError(null);
    try {
      saveBlob(await csvOf(api, "/v1/alerts", params), "alerts.csv");
    } catch (reason) {
      setError(reason);
    }
  };
  const columns: Column<Alert>[] = [
    { key: "rule", title: t("rule"), phone: "title", render: (a) => <span className="strong">{t(`rules.${a.rule}`)}</span> },
    { key: "members", title: t("about"), render: (a) => a.members.map((m) => <div key={m}><MemberName id={m} /></div>) },
    { key: "subject", title: t("subject"), phone: "hide", render: (a) => <span className="mono">{a.subject}</span> },
    { key: "since", title: t("since"), render: (a) => <InstantText at={a.since} /> },
    { key: "state", title: t("state"), render: (a) => <StateTag kind="alert" state={a.state} /> },
    { key: "answers", title: t("answers"), end: true, render: (a) => (a.answers.length > 0 ? String(a.answers.length) : null) },
  ];
  return (
    <Page title={t("title")} sub={t(viewer.seesAll ? "sub" : "subOwn")} actions={<Button icon={<DownloadOutlined />} onClick={() => void save()} data-testid="alerts-csv">{t("csv")}</Button>} testId="alerts">
      <Panel>
        <div className="stack">
          <div className="grid">
            <Select allowClear placeholder={t("anyState")} aria-label={t("state")} value={state || undefined} onChange={(v?: string) => setState(v ?? "")} options={alertStates.map((s) => ({ value: s, label: words.state("alert", s) }))} data-testid="alerts-state" />
            <Select allowClear placeholder={t("anyRule")} aria-label={t("rule")} value={rule || undefined} onChange={(v?: string) => setRule(v ?? "")} options={alertRules.map((r) => ({ value: r, label: t(`rules.${r}`) }))} data-testid="alerts-rule" />
            {viewer.seesAll && <MemberPicker value={member} onChange={setMember} label={t("about")} testId="alerts-member" />}
            <DateInput value={from} onChange={setFrom} label={t("from")} testId="alerts-from" />
            <DateInput value={to} onChange={setTo} label={t("to")} testId="alerts-to" />
          </div>
          {error !== null && <ProblemBox error={error} />}
          <PagedTable label={t("title")} columns={columns} pages={pages} rowKey={(a) => a.id} to={(a) => `/audit/alerts/${a.id}`} empty={<EmptyState title={t("none")} hint={t("noneHint")} />} testId="alert-list" />
        </div>
      </Panel>
    </Page>
  );
}
