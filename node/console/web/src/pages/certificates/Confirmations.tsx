import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { dateOfInstant } from "../../lib/calendar";
import type { Confirmation } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";

/** Confirmations lists requests of suppliers that debtors confirm what they owe, which they answer within 30 days. */
export function Confirmations(): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const today = useToday();
  const pages = usePages<Confirmation>("/v1/confirmations");
  const me = session.member.id;
  const columns: Column<Confirmation>[] = [
    { key: "other", title: t("confirmations.other"), phone: "title", render: (c) => <span>{c.debtor === me ? t("confirmations.from") : t("confirmations.to")} <MemberName id={c.debtor === me ? c.creditor : c.debtor} /></span> },
    { key: "amount", title: t("facts.amount"), end: true, render: (c) => <Money amount={c.amount} /> },
    { key: "asked", title: t("confirmations.askedAt"), phone: "hide", render: (c) => <InstantText at={c.askedAt} /> },
    { key: "due", title: t("confirmations.dueAt"), render: (c) => <DateText date={dateOfInstant(c.dueAt)} from={c.state === "open" ? today : undefined} /> },
    { key: "state", title: t("facts.state"), render: (c) => <StateTag kind="confirmation" state={c.state} /> },
  ];
  const asks = session.is("holder") && session.may("maker");
  const ask = (
    <LinkButton to="/certificates/confirmations/new" primary testId="confirmation-new">
      {t("confirmations.ask")}
    </LinkButton>
  );
  return (
    <Page title={t("confirmations.title")} sub={t("confirmations.sub")} crumbs={[{ title: t("title"), to: "/certificates" }]} actions={asks && ask} testId="confirmations">
      <PagedTable
        label={t("confirmations.title")}
        columns={columns}
        pages={pages}
        rowKey={(c) => c.id}
        to={(c) => `/certificates/confirmations/${c.id}`}
        empty={<EmptyState title={t("confirmations.none")} hint={asks ? t("confirmations.noneHint") : undefined} />}
        testId="confirmation-list"
      />
    </Page>
  );
}
