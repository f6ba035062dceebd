import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useStatus } from "../../app/query";
import { useWords } from "../../app/words";
import type { Alert, Page, Totals } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { EmptyState, Figure, LinkButton, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { joined } from "../../parts/joined";

/** NetworkHome is the whole network in figures, for operators, auditors and the banks that run it. */
export function NetworkHome(): ReactElement {
  const { t } = useTranslation("home");
  const words = useWords();
  const totals = useRead<Totals>("/v1/totals");
  const status = useStatus().data;
  const n = totals.data?.network;
  const figure = (key: "certificates" | "open" | "overdue" | "redeemed" | "extended" | "financed" | "awaiting" | "offers", to?: string): ReactElement | null =>
    n ? (
      <Figure
        label={t(`network.${key}`)}
        value={<span className={key === "overdue" && n.overdue.count > 0 ? "bad" : undefined}><Money amount={n[key].amount} /></span>}
        note={t("count", { count: n[key].count })}
        to={to}
        accent={key === "open"}
        testId={`network-${key}`}
      />
    ) : null;
  return (
    <>
      <Panel title={t("network.title")} testId="home-network">
        <div className="stack">
          {totals.error ? <ProblemBox error={totals.error} onRetry={totals.retry} /> : null}
          <div className="grid">
            {figure("open")}
            {figure("overdue", "/clearing")}
            {figure("certificates", "/certificates?view=owed")}
            {figure("redeemed")}
            {figure("financed")}
            {figure("extended")}
            {figure("awaiting")}
            {figure("offers", "/transfers")}
          </div>
          {n && (
            <Facts
              items={[
                { label: t("network.members"), value: String(n.members) },
                { label: t("network.byRole"), value: joined(Object.entries(n.byRole).sort().map(([role, count]) => `${words.of("role", role)} ${count}`)), wide: true },
                { label: t("network.height"), value: status ? String(status.height) : null },
                { label: t("network.validators"), value: status ? String(status.validators.length) : null },
              ]}
            />
          )}
        </div>
      </Panel>
      <Alerts />
    </>
  );
}

/** Alerts are the open ones. */
function Alerts(): ReactElement {
  const { t } = useTranslation("home");
  const alerts = useRead<Page<Alert>>("/v1/alerts", { state: "open", limit: 8 });
  const columns: Column<Alert>[] = [
    { key: "rule", title: t("alerts.rule"), phone: "title", render: (a) => t(`alertRule.${a.rule}`) },
    { key: "subject", title: t("alerts.subject"), render: (a) => <span className="mono">{a.subject}</span> },
    { key: "since", title: t("since"), render: (a) => <InstantText at={a.since} /> },
    { key: "state", title: t("alerts.state"), render: (a) => <StateTag kind="alert" state={a.state} /> },
  ];
  return (
    <Panel title={t("alerts.title")} actions={<LinkButton to="/audit/alerts">{t("alerts.all")}</LinkButton>} testId="home-alerts">
      {alerts.error ? (
        <ProblemBox error={alerts.error} onRetry={alerts.retry} />
      ) : (
        <PagedTable label={t("alerts.title")} columns={columns} rows={alerts.data?.items ?? []} rowKey={(a) => a.id} empty={<EmptyState title={t("alerts.none")} />} testId="alerts" />
      )}
    </Panel>
  );
}
