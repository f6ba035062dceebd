import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { amountOf } from "../../lib/interval";
import type { Pledge } from "../../lib/records";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";

/** Pledges lists pledges of which the member is pledgor or pledgee. */
export function Pledges(): ReactElement {
  const { t } = useTranslation("holdings");
  const session = useSession();
  const pages = usePages<Pledge>("/v1/pledges");
  const columns: Column<Pledge>[] = [
    {
      key: "other", title: t("pledges.sides"), phone: "title",
      render: (p) => <span><MemberName id={p.pledgor} /> → <MemberName id={p.pledgee} /></span>,
    },
    { key: "certificate", title: t("certificate"), phone: "hide", render: (p) => <CertificateLink number={p.leg.certificate} short plain /> },
    { key: "amount", title: t("amount"), end: true, render: (p) => <Money amount={amountOf(p.leg.interval)} /> },
    { key: "secured", title: t("pledges.secured"), end: true, render: (p) => <Money amount={p.secured} /> },
    { key: "registration", title: t("pledges.registration"), phone: "hide", render: (p) => p.registration },
    { key: "at", title: t("pledges.at"), render: (p) => <InstantText at={p.at} /> },
    { key: "state", title: t("state"), render: (p) => <StateTag kind="pledge" state={p.state} /> },
  ];
  return (
    <Page title={t("pledges.title")} sub={t("pledges.sub")} crumbs={[{ title: t("title"), to: "/holdings" }]} testId="pledges">
      <PagedTable
        label={t("pledges.title")}
        columns={columns}
        pages={pages}
        rowKey={(p) => p.id}
        to={(p) => `/holdings/pledges/${p.id}`}
        empty={<EmptyState title={t("pledges.none")} hint={session.is("holder") ? t("pledges.noneHint") : undefined} />}
        testId="pledge-list"
      />
    </Page>
  );
}
