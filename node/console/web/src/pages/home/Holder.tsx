import { type ReactElement, Suspense, lazy } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { addDays, addMonths } from "../../lib/calendar";
import type { Totals } from "../../lib/records";
import { EmptyState, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { everyMonth } from "../../parts/value";
import { Figures } from "./Figures";

const LadderChart = lazy(() => import("../../parts/LadderChart"));

/** HolderHome is what a holder has, when it is paid, and what waits for its acceptance. */
export function HolderHome(): ReactElement {
  const { t } = useTranslation("home");
  const { member } = useSession();
  const today = useToday();
  const navigate = useNavigate();
  const totals = useRead<Totals>("/v1/totals", { member: member.id });
  const sums = totals.data?.totals;
  const months = sums?.heldByMonth ?? [];
  return (
    <Panel title={t("holder.title")} testId="home-holder">
      <div className="stack">
        {totals.error ? <ProblemBox error={totals.error} onRetry={totals.retry} /> : null}
        {sums && (
          <Figures
            sums={[
              { key: "held", label: t("holder.held"), flow: sums.held, to: "/holdings", main: true },
              { key: "to-accept", label: t("holder.toAccept"), flow: sums.toAccept, to: "/certificates?view=accept" },
              { key: "offers", label: t("holder.offers"), flow: sums.offersToIt, to: "/transfers?state=offered" },
              { key: "financed", label: t("holder.financed"), flow: sums.financed, to: "/finance" },
            ]}
          />
        )}
        {sums && months.length === 0 && <EmptyState title={t("holder.nothing")} hint={t("holder.nothingHint")} />}
        {months.length > 0 && (
          <Suspense fallback={<div style={{ height: 240 }} />}>
            <LadderChart
              label={t("holder.ladder")}
              steps={everyMonth(months, today).map((m) => ({ at: m.month, amount: m.amount, count: m.count }))}
              onSelect={(month) => void navigate(`/holdings?from=${month}-01&to=${addDays(addMonths(`${month}-01`, 1), -1)}`)}
              testId="holder-ladder"
            />
          </Suspense>
        )}
      </div>
    </Panel>
  );
}
