import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "../../app/i18n";
import { useRead } from "../../app/query";
import { titleOf } from "../../lib/plain";
import type { Member, PolicyRule } from "../../lib/records";
import { Money } from "../../parts/Money";
import { EmptyState, LinkButton, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { anyFunction, draftOf } from "./rules";

/** nameOfFunction is what people call a function of a policy. */
export function nameOfFunction(name: string, any: string): string {
  return name === anyFunction ? any : titleOf(name, currentLanguage());
}

/** Policy shows which of the own member's operations need a checker. */
export function Policy({ m, admin }: { m: Member; admin: boolean }): ReactElement {
  const { t } = useTranslation("members");
  const read = useRead<{ rules: PolicyRule[] }>(`/v1/members/${m.id}/policy`);
  const columns: Column<PolicyRule>[] = [
    { key: "function", title: t("policy.function"), phone: "title", render: (r) => nameOfFunction(r.function, t("policy.any")) },
    { key: "from", title: t("policy.from"), render: (r) => (draftOf([r])[0]?.from === null ? t("policy.always") : <>{t("policy.fromAmount")} <Money amount={r.from} /></>) },
  ];
  return (
    <Panel
      title={t("policy.title")}
      actions={admin && <LinkButton to={`/members/${m.id}/policy`} testId="policy-change">{t("policy.change")}</LinkButton>}
      testId="member-policy"
    >
      {read.error != null ? (
        <ProblemBox error={read.error} onRetry={read.retry} />
      ) : (
        <PagedTable
          label={t("policy.title")}
          columns={columns}
          rows={read.data?.rules ?? []}
          rowKey={(r) => r.function}
          empty={<EmptyState title={t("policy.none")} hint={admin ? t("policy.noneHint") : t("policy.noneTold")} />}
          testId="policy-list"
        />
      )}
    </Panel>
  );
}
