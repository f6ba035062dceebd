import { type ReactElement, Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { addDays } from "../../lib/calendar";
import type { Flow, Ladder, Rung, Totals } from "../../lib/records";
import { EmptyState, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { sumText } from "../../parts/value";
import { Figures } from "./Figures";

const LadderChart = lazy(() => import("../../parts/LadderChart"));

const horizon = 180;

/** DebtorHome is what a debtor owes, and what cash is due on which working day. */
export function DebtorHome(): ReactElement {
  const { t } = useTranslation("home");
  const { member } = useSession();
  const totals = useRead<Totals>("/v1/totals", { member: member.id });
  const ladder = useRead<Ladder>(`/v1/debtors/${member.id}/ladder`, { days: horizon });
  const sums = totals.data?.totals;
  const rungs = ladder.data?.rungs ?? [];
  const today = ladder.data?.asOf.time.slice(0, 10) ?? "";
  const due = (days: number): Flow => {
    const soon = rungs.filter((r) => r.day <= addDays(today, days));
    return { count: soon.reduce((n, r) => n + r.certificates, 0), amount: sumText(soon.map((r) => r.sum)) };
  };
  return (
    <Panel title={t("debtor.title")} testId="home-debtor">
      <div className="stack">
        {totals.error ? <ProblemBox error={totals.error} onRetry={totals.retry} /> : null}
        {sums && (
          <Figures
            sums={[
              { key: "owed", label: t("debtor.owed"), flow: sums.owed, to: "/certificates?view=owed", main: true },
              today === "" ? null : { key: "soon", label: t("debtor.soon"), flow: due(30), note: t("debtor.soonNote") },
              { key: "overdue", label: t("debtor.overdue"), flow: sums.overdue, to: sums.overdue.count > 0 ? "/clearing" : undefined, bad: true },
              { key: "awaiting", label: t("debtor.awaiting"), flow: sums.awaiting, to: "/certificates?view=owed" },
            ]}
          />
        )}
        {ladder.error ? <ProblemBox error={ladder.error} onRetry={ladder.retry} /> : null}
        {ladder.data && rungs.length === 0 && <EmptyState title={t("debtor.nothing")} hint={t("debtor.nothingHint")} />}
        {rungs.length > 0 && (
          <Suspense fallback={<div style={{ height: 240 }} />}>
            <LadderChart label={t("debtor.ladder", { days: horizon })} steps={rungs.map(stepOf)} testId="debtor-ladder" />
          </Suspense>
        )}
      </div>
    </Panel>
  );
}

function stepOf(r: Rung): { at: string; amount: string; awaiting: string; count: number; late: boolean } {
  return { at: r.day, amount: r.amount, awaiting: r.awaiting, count: r.certificates, late: r.mark === "overdue" };
}
