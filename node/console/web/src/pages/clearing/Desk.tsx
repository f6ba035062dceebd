import { Segmented, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "../../app/i18n";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { runStates } from "../../lib/enums";
import { parseFen, sumFen } from "../../lib/money";
import type { ClearingWork, RunRow, Tally } from "../../lib/records";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { DateInput, DateText } from "../../parts/Time";
import { Sub } from "./Sub";

/** Desk is what waits in the clearing, with what to do, and the runs. */
export function Desk(): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  return (
    <Page title={t("title")} sub={t(session.is("funder") ? "desk.subBank" : session.is("debtor") ? "desk.subDebtor" : "desk.sub")} testId="clearing">
      <Sub />
      <div className="stack">
        <Work />
        <Runs />
      </div>
    </Page>
  );
}

/** workPath is where something that waits is dealt with. */
function workPath(w: ClearingWork): string | null {
  const id = encodeURIComponent(w.subject);
  if (w.kind === "extension") return `/clearing/extensions/${id}`;
  if (["overdue", "funds", "instruct"].includes(w.kind)) return w.run ? `/clearing/${encodeURIComponent(w.run)}` : null;
  return w.run ? `/clearing/legs/${id}` : `/finance/settlements/${id}`;
}

function Work(): ReactElement {
  const { t } = useTranslation("clearing");
  const { member } = useSession();
  const [whose, setWhose] = useState<"mine" | "all">("mine");
  const chinese = currentLanguage() === "zh";
  const pages = usePages<ClearingWork>("/v1/clearing/worklist", whose === "mine" ? { turn: member.id } : {});
  const columns: Column<ClearingWork>[] = [
    { key: "kind", title: t("work.what"), phone: "title", render: (w) => <span className={w.kind === "overdue" ? "bad strong" : "strong"}>{t(`work.kind.${w.kind}`)}</span> },
    { key: "debtor", title: t("debtor"), render: (w) => <MemberName id={w.debtor} /> },
    { key: "amount", title: t("amount"), end: true, render: (w) => <Money amount={w.amount} /> },
    { key: "since", title: t("work.since"), render: (w) => t("work.days", { day: w.since.slice(0, 10), days: w.days }) },
    ...(whose === "all" ? [{ key: "turn", title: t("work.turn"), render: (w: ClearingWork) => <MemberName id={w.member} /> }] : []),
    { key: "next", title: t("work.next"), render: (w) => (chinese ? w.nextZh : w.next) },
  ];
  return (
    <Panel
      title={t("work.title")}
      actions={
        <Segmented
          value={whose}
          onChange={(v) => setWhose(v as "mine" | "all")}
          options={[{ value: "mine", label: t("work.mine") }, { value: "all", label: t("work.all") }]}
          aria-label={t("work.title")}
          data-testid="work-whose"
        />
      }
      testId="clearing-work-panel"
    >
      <PagedTable
        label={t("work.title")}
        columns={columns}
        pages={pages}
        rowKey={(w) => `${w.kind}/${w.subject}/${w.member}`}
        to={workPath}
        empty={<EmptyState title={t(whose === "mine" ? "work.noneMine" : "work.none")} hint={t("work.noneHint")} />}
        testId="clearing-work"
      />
    </Panel>
  );
}

/** owedOf is what a debtor owed on the day: the sum of all places. */
export function owedOf(tally: Tally): bigint {
  return sumFen([tally.open, tally.waiting, tally.live, tally.returned, tally.aside, tally.paid].map(parseFen));
}

function Runs(): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const today = useToday();
  const { viewer, member } = useSession();
  const [state, setState] = useState("");
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const [debtor, setDebtor] = useState("");
  const pages = usePages<RunRow>("/v1/runs", { state, from, to, debtor });
  const part = (r: RunRow, of: keyof Tally): ReactElement => (r.whole ? <Money amount={r.tally[of]} /> : <span className="soft">—</span>);
  const columns: Column<RunRow>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (r) => <MemberName id={r.debtor} /> },
    { key: "payment", title: t("paymentDate"), render: (r) => <DateText date={r.payment} from={today || undefined} /> },
    { key: "state", title: t("state"), render: (r) => <StateTag kind="run" state={r.state} /> },
    { key: "owed", title: t("tally.owed"), end: true, render: (r) => (r.whole ? <Money amount={owedOf(r.tally)} /> : <span className="soft">{t("runs.part")}</span>) },
    { key: "open", title: t("tally.open"), end: true, render: (r) => part(r, "open") },
    { key: "live", title: t("tally.live"), end: true, phone: "hide", render: (r) => part(r, "live") },
    { key: "paid", title: t("tally.paid"), end: true, render: (r) => part(r, "paid") },
  ];
  return (
    <Panel title={t("runs.title")} testId="runs-panel">
      <div className="stack">
        <div className="grid">
          <Select
            allowClear
            placeholder={t("runs.anyState")}
            aria-label={t("state")}
            value={state || undefined}
            onChange={(v?: string) => setState(v ?? "")}
            options={runStates.map((s) => ({ value: s, label: words.state("run", s) }))}
            data-testid="runs-state"
          />
          <DateInput value={from} onChange={setFrom} label={t("runs.from")} testId="runs-from" />
          <DateInput value={to} onChange={setTo} label={t("runs.to")} testId="runs-to" />
          {viewer.seesAll && <MemberPicker value={debtor} onChange={setDebtor} roles={["debtor"]} label={t("debtor")} testId="runs-debtor" />}
        </div>
        <PagedTable
          label={t("runs.title")}
          columns={columns}
          pages={pages}
          rowKey={(r) => r.id}
          to={(r) => `/clearing/${encodeURIComponent(r.id)}`}
          empty={<EmptyState title={t("runs.none")} hint={t(member.roles.includes("debtor") ? "runs.noneDebtor" : "runs.noneHint")} />}
          testId="runs"
        />
      </div>
    </Panel>
  );
}
