import { Select } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { type Settlement, settlementStates } from "../../lib/records";
import { EmptyState, Page } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { useSettlementColumns } from "../../parts/SettlementActions";

/** Settlements are the payments of which the member is payer, payee or bank. */
export function Settlements(): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const words = useWords();
  const [params, setParams] = useSearchParams();
  const state = params.get("state") ?? "";
  const pages = usePages<Settlement>("/v1/settlements", { state: state || undefined, member: session.viewer.seesAll ? undefined : session.member.id });
  return (
    <Page
      title={t("settlements.title")}
      sub={t("settlements.sub")}
      crumbs={[{ title: t("title"), to: "/finance" }]}
      actions={
        <Select
          style={{ minWidth: 150 }}
          aria-label={t("filterState")}
          data-testid="settlements-state"
          value={state}
          onChange={(v) => setParams(v ? { state: v } : {}, { replace: true })}
          options={[{ value: "", label: t("anyState") }, ...settlementStates.map((s) => ({ value: s, label: words.state("settlement", s) }))]}
        />
      }
      testId="settlements"
    >
      <PagedTable
        label={t("settlements.title")}
        columns={useSettlementColumns()}
        pages={pages}
        rowKey={(s) => s.id}
        to={(s) => (s.run ? `/clearing/legs/${s.id}` : `/finance/settlements/${s.id}`)}
        empty={<EmptyState title={t("settlements.none")} hint={t("settlements.noneHint")} />}
        testId="settlement-list"
      />
    </Page>
  );
}
