import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { type Order, type Proposal } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";

const functions = ["certificate:Freeze", "certificate:Unfreeze", "certificate:JudicialTransfer", "certificate:Succession"];

/** Orders are the instruments of courts and authorities: one institution enters them, another confirms. */
export function Orders(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const words = useWords();
  const pages = usePages<Order>("/v1/orders");
  const proposals = usePages<Proposal>("/v1/proposals", { state: "open" }, 200);
  const waiting = proposals.items.filter((p) => functions.includes(p.function));
  const columns: Column<Order>[] = [
    { key: "kind", title: t("orders.kind"), phone: "title", render: (o) => words.of("order", o.kind) },
    { key: "authority", title: t("orders.authority"), render: (o) => <>{o.authority}<div className="soft small">{o.docket}</div></> },
    { key: "target", title: t("orders.target"), render: (o) => <MemberName id={o.target} /> },
    { key: "amount", title: t("orders.amount"), end: true, render: (o) => <Money amount={o.amount} /> },
    { key: "taken", title: t("orders.taken"), end: true, render: (o) => <Money amount={o.taken} /> },
    { key: "at", title: t("orders.at"), phone: "hide", render: (o) => <InstantText at={o.at} /> },
    { key: "state", title: t("state"), render: (o) => <StateTag kind="order" state={o.state} /> },
  ];
  const enters = session.viewer.institution && session.may("maker");
  return (
    <Page title={t("orders.title")} sub={t("orders.sub")} actions={enters && <LinkButton to="/bank/orders/new" primary testId="order-new">{t("orders.new")}</LinkButton>} testId="orders">
      <div className="stack">
        {waiting.length > 0 && (
          <Panel title={t("orders.waiting")}>
            <PagedTable
              label={t("orders.waiting")}
              columns={[
                { key: "function", title: t("orders.kind"), phone: "title", render: (p) => words.of("function", p.function) },
                { key: "member", title: t("orders.enteredBy"), render: (p) => <MemberName id={p.member} /> },
                { key: "expires", title: t("orders.expires"), render: (p) => <InstantText at={p.expires} /> },
              ]}
              rows={waiting}
              rowKey={(p) => p.id}
              to={(p) => `/approvals/${p.id}`}
              testId="order-proposals"
            />
          </Panel>
        )}
        <PagedTable label={t("orders.title")} columns={columns} pages={pages} rowKey={(o) => o.id} to={(o) => `/bank/orders/${o.id}`} empty={<EmptyState title={t("orders.none")} hint={t("orders.noneHint")} />} testId="order-list" />
      </div>
    </Page>
  );
}
