import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { type Page as PageOf, type Settlement, type Work as Waiting } from "../../lib/records";
import { pathOfNotice } from "../../app/paths";
import { Money } from "../../parts/Money";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { useSettlementColumns } from "../../parts/SettlementActions";
import { InstantText } from "../../parts/Time";
import { Sub } from "./Sub";

/** Work is what a bank's operations desk has to see to: payments to instruct and to advise, and entries due in the registry. */
export function Work(): ReactElement {
  const { t } = useTranslation("bank");
  return (
    <Page title={t("work.title")} sub={t("work.sub")} testId="bank-work">
      <Sub of="desk" />
      <div className="stack">
        <Payments state="agreed" />
        <Payments state="instructed" />
        <Payments state="accepted" />
        <Duties />
      </div>
    </Page>
  );
}

function Payments({ state }: { state: "agreed" | "instructed" | "accepted" }): ReactElement | null {
  const { t } = useTranslation("bank");
  const { member } = useSession();
  const columns = useSettlementColumns();
  const pages = usePages<Settlement>("/v1/settlements", { member: member.id, state });
  const rows = pages.items.filter((s) => s.run === "");
  if (state === "accepted" && rows.length === 0) return null;
  return (
    <Panel title={t(`work.${state}`)}>
      <PagedTable
        label={t(`work.${state}`)}
        columns={columns}
        rows={pages.isLoading || pages.error ? undefined : rows}
        pages={pages.isLoading || pages.error || pages.hasMore ? pages : undefined}
        rowKey={(s) => s.id}
        to={(s) => (s.purpose === "financing" && s.payer === member.id ? `/bank/requests/${s.id}` : `/finance/settlements/${s.id}`)}
        empty={<EmptyState title={t("work.none")} />}
        testId={`work-${state}`}
      />
    </Panel>
  );
}

/** Duties is the rest of the bank's worklist: what waits for it with a deadline. */
function Duties(): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  const list = useRead<PageOf<Waiting>>("/v1/worklist", { limit: 200 });
  const rows = (list.data?.items ?? []).filter((w) => ["registration.due", "settlement.stale", "settlement.disputed", "financing.agreed", "quote.made"].includes(w.kind));
  const columns: Column<Waiting>[] = [
    { key: "kind", title: t("work.what"), phone: "title", render: (w) => words.of("notice", w.kind) },
    { key: "amount", title: t("amount"), end: true, render: (w) => <Money amount={w.amount} /> },
    { key: "until", title: t("work.until"), render: (w) => <InstantText at={w.until} /> },
    { key: "since", title: t("work.since"), render: (w) => <InstantText at={w.since} /> },
  ];
  return (
    <Panel title={t("work.duties")}>
      <PagedTable
        label={t("work.duties")}
        columns={columns}
        rows={rows}
        rowKey={(w) => `${w.kind}/${w.subject}`}
        to={(w) => (w.kind.startsWith("settlement.") ? pathOfNotice(w.kind, w.subject) : `/bank/requests/${encodeURIComponent(w.subject)}`)}
        empty={<EmptyState title={t("work.noDuties")} />}
        testId="work-duties"
      />
    </Panel>
  );
}
