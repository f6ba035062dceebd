import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { usePages, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { InstantText } from "../../parts/Time";
import { FactGroups, OutcomeTag, Reasons, reasonOf } from "./Outcome";
import { Sub } from "./Sub";
import type { Decided } from "./policy";

/** Decisions are all that the policy decided, each with its facts and its version. */
export function Decisions(): ReactElement {
  const { t } = useTranslation("bank");
  const { viewer } = useSession();
  const pages = usePages<Decided>(viewer.ownNode ? "/v1/policy/decisions" : null);
  const columns: Column<Decided>[] = [
    { key: "number", title: t("policy.decision"), phone: "title", render: (d) => d.number },
    { key: "at", title: t("policy.at"), render: (d) => <InstantText at={d.at} /> },
    { key: "owner", title: t("holder"), render: (d) => <MemberName id={String(d.facts[0]?.["owner"]?.["id"] ?? "")} /> },
    { key: "amount", title: t("amount"), end: true, render: (d) => <Money amount={String(d.facts[0]?.["scenario"]?.["amount"] ?? "")} /> },
    { key: "outcome", title: t("policy.outcome"), render: (d) => <OutcomeTag outcome={d.outcome} /> },
    { key: "why", title: t("policy.why"), render: (d) => <span className="small">{(d.fired ?? []).map(reasonOf).join("；")}</span> },
    { key: "version", title: t("policy.number"), end: true, phone: "hide", render: (d) => d.version },
  ];
  return (
    <Page title={t("policy.decisions")} sub={t("policy.decisionsSub")} testId="bank-decisions">
      <Sub of="policy" />
      {viewer.ownNode ? (
        <PagedTable label={t("policy.decisions")} columns={columns} pages={pages} rowKey={(d) => String(d.number)} to={(d) => `/bank/policy/decisions/${d.number}`} empty={<EmptyState title={t("policy.noDecisions")} hint={t("policy.noDecisionsHint")} />} testId="decision-list" />
      ) : (
        <Alert type="info" showIcon title={t("policy.elsewhere")} />
      )}
    </Page>
  );
}

interface Replayed {
  decision: Decided;
  again: Decided;
  same: boolean;
}

/** Decision is one decision with all facts, made again by its own version of the policy. */
export function Decision(): ReactElement {
  const { t } = useTranslation("bank");
  const { number = "" } = useParams();
  const read = useRead<Replayed>(`/v1/policy/decisions/${encodeURIComponent(number)}`);
  const d = read.data?.decision;
  return (
    <Page title={t("policy.one", { number })} crumbs={[{ title: t("policy.decisions"), to: "/bank/policy/decisions" }]} loading={read.isLoading} error={read.error} onRetry={read.retry} testId="bank-decision">
      {d && read.data && (
        <div className="stack">
          <Panel>
            <div className="stack">
              <div className="row">
                <OutcomeTag outcome={d.outcome} />
                <span className="soft">{t("policy.version", { number: d.version })} · <InstantText at={d.at} exact /></span>
                <Link to={`/finance/${d.financing}`}>{t("policy.toFinancing")}</Link>
              </div>
              <Alert type={read.data.same ? "success" : "error"} showIcon title={t(read.data.same ? "policy.same" : "policy.notSame")} data-testid="decision-replay" />
              <Reasons decided={d} />
            </div>
          </Panel>
          <Panel title={t("policy.facts")}><FactGroups facts={d.facts} /></Panel>
        </div>
      )}
    </Page>
  );
}
