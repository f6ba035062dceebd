import { Button, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useRead, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import type { FinancingRow, FinancingView, Page as PageOf } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { AutoQuote } from "./AutoQuote";
import { OutcomeTag, reasonOf } from "./Outcome";
import { Sub } from "./Sub";
import { asideOf } from "./aside";
import { type Decided, latest } from "./policy";

/** Requests is the inbox of a bank's desk: who asks for money until when, and what the bank's policy says. */
export function Requests(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const [show, setShow] = useState("open");
  const pages = usePages<FinancingRow>("/v1/financings", { state: "requested" });
  const decisions = useRead<PageOf<Decided>>(session.viewer.ownNode ? "/v1/policy/decisions" : null, { limit: 200 });
  const decided = latest(decisions.data?.items ?? []);
  const aside = asideOf(session.identity.kid);
  const rows = pages.items.filter((f) => f.holder !== session.member.id && aside.includes(f.id) === (show === "aside"));
  const columns: Column<FinancingRow>[] = [
    { key: "holder", title: t("holder"), phone: "title", render: (f) => <MemberName id={f.holder} /> },
    { key: "debtors", title: t("debtors"), render: (f) => f.debtors.map((d) => <div key={d}><MemberName id={d} /></div>) },
    { key: "amount", title: t("amount"), end: true, render: (f) => <Money amount={f.amount} /> },
    { key: "until", title: t("quotesUntil"), render: (f) => <Until id={f.id} /> },
    ...(session.viewer.ownNode ? [{ key: "policy", title: t("policySays"), render: (f: FinancingRow) => <Says decided={decided.get(f.id)} /> }] : []),
    { key: "own", title: t("ownQuote"), render: (f) => <OwnQuote id={f.id} /> },
  ];
  return (
    <Page title={t("requests.title")} sub={t("requests.sub")} testId="bank">
      <Sub of="desk" />
      <div className="stack">
        <div className="row-between">
          <Segmented value={show} onChange={(v) => setShow(String(v))} options={[{ value: "open", label: t("requests.open") }, { value: "aside", label: t("requests.aside") }]} aria-label={t("requests.show")} data-testid="requests-show" />
          {session.viewer.ownNode && rows.length > 0 && <Ask rows={rows} decided={decided} />}
        </div>
        {!session.viewer.ownNode && <p className="soft">{t("policy.elsewhere")}</p>}
        <PagedTable
          label={t("requests.title")}
          columns={columns}
          rows={pages.isLoading || pages.error ? undefined : rows}
          pages={pages.isLoading || pages.error || pages.hasMore ? pages : undefined}
          rowKey={(f) => f.id}
          to={(f) => `/bank/requests/${f.id}`}
          empty={<EmptyState title={t("requests.none")} hint={t("requests.noneHint")} />}
          testId="request-list"
        />
      </div>
    </Page>
  );
}

function Says({ decided: d }: { decided: Decided | undefined }): ReactElement {
  const { t } = useTranslation("bank");
  if (!d) return <span className="soft">{t("policy.unasked")}</span>;
  return (
    <div>
      <OutcomeTag outcome={d.outcome} />
      {(d.fired ?? []).slice(0, 2).map((f) => <div key={f.rule + (f.about ?? "")} className="soft small">{reasonOf(f)}</div>)}
    </div>
  );
}

function Until({ id }: { id: string }): ReactElement | null {
  const { data } = useRead<FinancingView>(`/v1/financings/${id}`);
  return data ? <InstantText at={data.quotesUntil} /> : null;
}

function OwnQuote({ id }: { id: string }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const { data } = useRead<FinancingView>(`/v1/financings/${id}`);
  const own = data?.quotes.find((q) => q.bank === session.member.id);
  return own ? <StateTag kind="quote" state={own.state} /> : <span className="soft">{data ? t("notQuoted") : ""}</span>;
}

/** Ask has the policy decide on all requests in the list, and quotes for those that it prices. */
function Ask({ rows, decided }: { rows: FinancingRow[]; decided: Map<string, Decided> }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const ask = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      for (const f of rows) await session.api.post<Decided>("/v1/policy/decisions", { financing: f.id });
      await refresh();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const may = session.may("maker", "reviewer");
  return (
    <div className="row">
      {error !== null && <ProblemBox error={error} />}
      {may && <Button loading={busy} onClick={() => void ask()} data-testid="policy-ask-all">{t("policy.askAll")}</Button>}
      {session.may("maker") && <AutoQuote decided={rows.map((f) => decided.get(f.id)).filter((d) => d?.outcome === "quote")} />}
    </div>
  );
}
