import { Segmented } from "antd";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router-dom";
import { usePages } from "../../app/query";
import { useWords } from "../../app/words";
import type { EnrolmentRow, RecoveryRow } from "../../lib/records";
import { EmptyState, LinkButton, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";

interface DeskProps {
  title: string;
  sub: string;
  kind: "enrolment" | "recovery";
  states: string[];
  state: string;
  onState: (state: string) => void;
  children: ReactNode;
}

function Desk({ title, sub, kind, states, state, onState, children }: DeskProps): ReactElement {
  const { t } = useTranslation("enrolments");
  const words = useWords();
  const options = [...states.map((s) => ({ value: s, label: words.state(kind, s) })), { value: "", label: t("all") }];
  return (
    <Page title={title} sub={sub} testId={kind === "enrolment" ? "enrolments" : "recoveries"}>
      <nav className="subnav" aria-label={t("title")}>
        <NavLink to="/enrolments" end data-testid="sub-enrolments">{t("title")}</NavLink>
        <NavLink to="/enrolments/recoveries" end data-testid="sub-recoveries">{t("recoveries")}</NavLink>
      </nav>
      <div className="stack">
        <div style={{ overflowX: "auto" }}>
          <Segmented value={state} onChange={(v) => onState(String(v))} options={options} aria-label={t("state")} data-testid="filter-state" />
        </div>
        {children}
      </div>
    </Page>
  );
}

/** EnrolmentList are the enterprises that enrolled by an invitation at this node. */
export function EnrolmentList(): ReactElement {
  const { t } = useTranslation("enrolments");
  const [state, setState] = useState("waiting");
  const pages = usePages<EnrolmentRow>("/v1/enrolments", { state });
  const columns: Column<EnrolmentRow>[] = [
    { key: "name", title: t("name"), phone: "title", render: (r) => r.name },
    { key: "code", title: t("code"), render: (r) => <span className="mono">{r.member}</span> },
    { key: "inviter", title: t("inviter"), render: (r) => r.inviter.name },
    { key: "at", title: t("at"), render: (r) => <InstantText at={r.at} /> },
    { key: "state", title: t("state"), render: (r) => <StateTag kind="enrolment" state={r.state} /> },
  ];
  return (
    <Desk title={t("title")} sub={t("sub")} kind="enrolment" states={["waiting", "enrolled", "refused"]} state={state} onState={setState}>
      <PagedTable
        label={t("title")}
        columns={columns}
        pages={pages}
        rowKey={(r) => r.reference}
        to={(r) => `/enrolments/${r.reference}`}
        empty={<EmptyState title={t("none")} hint={t("noneHint")} action={<LinkButton to="/invitations/new">{t("invite")}</LinkButton>} />}
        testId="enrolment-list"
      />
    </Desk>
  );
}

/** RecoveryList are the requests to recover an admin's key at this node. */
export function RecoveryList(): ReactElement {
  const { t } = useTranslation("enrolments");
  const [state, setState] = useState("waiting");
  const pages = usePages<RecoveryRow>("/v1/recoveries", { state });
  const columns: Column<RecoveryRow>[] = [
    { key: "name", title: t("name"), phone: "title", render: (r) => r.member.name || t("unknownMember") },
    { key: "code", title: t("code"), render: (r) => <span className="mono">{r.member.id}</span> },
    { key: "person", title: t("person"), render: (r) => <span className="mono">{r.person}</span> },
    { key: "reason", title: t("reason"), phone: "hide", render: (r) => r.reason },
    { key: "at", title: t("at"), render: (r) => <InstantText at={r.at} /> },
    { key: "state", title: t("state"), render: (r) => <StateTag kind="recovery" state={r.state} /> },
  ];
  return (
    <Desk title={t("recoveries")} sub={t("recoveriesSub")} kind="recovery" states={["waiting", "recovered", "refused", "expired"]} state={state} onState={setState}>
      <PagedTable
        label={t("recoveries")}
        columns={columns}
        pages={pages}
        rowKey={(r) => r.reference}
        to={(r) => `/enrolments/recoveries/${r.reference}`}
        empty={<EmptyState title={t("noRecoveries")} hint={t("noRecoveriesHint")} />}
        testId="recovery-list"
      />
    </Desk>
  );
}
