import { Segmented, Select } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { type Transfer, transferStates } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";

/** List is the inbox and the outbox of transfers; all transfers for those who see all. */
export function List(): ReactElement {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const words = useWords();
  const [params, setParams] = useSearchParams();
  const watches = session.viewer.seesAll && !session.is("holder");
  const direction = watches ? "any" : params.get("direction") === "sent" ? "sent" : "received";
  const state = params.get("state") ?? "";
  const pages = usePages<Transfer>("/v1/transfers", watches ? { state: state || undefined } : { direction, state: state || undefined, member: session.member.id });
  const change = (next: { direction?: string; state?: string }): void => {
    const all = { direction, state, ...next };
    setParams(Object.fromEntries(Object.entries(all).filter(([, v]) => v !== "" && v !== "any")), { replace: true });
  };
  const from: Column<Transfer> = { key: "from", title: t("from"), phone: direction === "sent" ? undefined : "title", render: (x) => <MemberName id={x.from} /> };
  const to: Column<Transfer> = { key: "to", title: t("to"), phone: direction === "sent" ? "title" : undefined, render: (x) => <MemberName id={x.to} /> };
  const columns: Column<Transfer>[] = [
    ...(direction === "sent" ? [to] : direction === "received" ? [from] : [from, to]),
    { key: "amount", title: t("amount"), end: true, render: (x) => <Money amount={x.amount} /> },
    { key: "reference", title: t("reference"), phone: "hide", render: (x) => x.reference },
    { key: "offered", title: t("offeredAt"), render: (x) => <InstantText at={x.offeredAt} /> },
    { key: "until", title: t("until"), render: (x) => (x.state === "offered" ? (x.lapsesAt ? <InstantText at={x.lapsesAt} /> : t("suspended")) : null) },
    { key: "state", title: t("state"), render: (x) => <StateTag kind="transfer" state={x.state} /> },
  ];
  const sends = session.is("holder") && session.may("maker");
  return (
    <Page
      title={t("title")}
      sub={t("sub")}
      actions={sends && <LinkButton to="/transfers/new" primary testId="transfer-new">{t("new.title")}</LinkButton>}
      testId="transfers"
    >
      <div className="stack">
        <div className="row">
          {!watches && (
            <Segmented
              value={direction}
              onChange={(v) => change({ direction: String(v) })}
              options={[{ value: "received", label: t("inbox") }, { value: "sent", label: t("outbox") }]}
              aria-label={t("box")}
              data-testid="transfers-box"
            />
          )}
          <Select
            style={{ minWidth: 150 }}
            aria-label={t("filterState")}
            data-testid="transfers-state"
            value={state}
            onChange={(v) => change({ state: v })}
            options={[{ value: "", label: t("anyState") }, ...transferStates.map((s) => ({ value: s, label: words.state("transfer", s) }))]}
          />
        </div>
        <PagedTable
          label={direction === "sent" ? t("outbox") : t("inbox")}
          columns={columns}
          pages={pages}
          rowKey={(x) => x.id}
          to={(x) => `/transfers/${x.id}`}
          empty={<EmptyState title={t(direction === "sent" ? "noneSent" : "noneReceived")} hint={t(direction === "sent" ? "noneSentHint" : "noneReceivedHint")} />}
          testId="transfer-list"
        />
      </div>
    </Page>
  );
}
