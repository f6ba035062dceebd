import { Segmented, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { type CertificateRow, type HoldingRow, certificateStates } from "../../lib/records";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { DateText } from "../../parts/Time";
import { standingOfRow } from "../../parts/value";

type View = "accept" | "owed" | "held";

/** List shows the certificates that wait for acceptance, those a debtor issued, and those of which the member holds fen. */
export function List(): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const [params, setParams] = useSearchParams();
  const holds = session.is("holder", "funder");
  const owes = session.is("debtor") || session.viewer.seesAll;
  const views: View[] = [...(holds ? (["accept"] as const) : []), ...(owes ? (["owed"] as const) : []), ...(holds ? (["held"] as const) : [])];
  const asked = params.get("view") as View | null;
  const first = owes ? "owed" : "accept";
  const view = asked && views.includes(asked) ? asked : (views.find((v) => v === first) ?? "held");
  const names: Record<View, string> = { accept: t("list.accept"), owed: session.is("debtor") ? t("list.owed") : t("list.all"), held: t("list.held") };
  return (
    <Page
      title={t("title")}
      sub={session.is("debtor", "holder") ? t("list.sub") : t("list.subAll")}
      testId="certificates"
      actions={
        <>
          <LinkButton to="/certificates/confirmations" testId="to-confirmations">
            {t("confirmations.title")}
          </LinkButton>
          {session.is("debtor") && session.may("maker") && (
            <LinkButton to="/issue" primary testId="to-issue">
              {t("list.issue")}
            </LinkButton>
          )}
        </>
      }
    >
      <div className="stack">
        {views.length > 1 && (
          <Segmented
            options={views.map((v) => ({ value: v, label: names[v] }))}
            value={view}
            onChange={(v) => setParams({ view: v }, { replace: true })}
            aria-label={t("list.views")}
            data-testid="certificates-view"
          />
        )}
        {view === "owed" ? <Owed /> : view === "accept" ? <ToAccept /> : <Held />}
      </div>
    </Page>
  );
}

/** Owed are the certificates of a debtor; of everybody for those who see all. */
function Owed(): ReactElement {
  const { t } = useTranslation("certificates");
  const words = useWords();
  const session = useSession();
  const today = useToday();
  const [state, setState] = useState("");
  const pages = usePages<CertificateRow>("/v1/certificates", {}, 100);
  const rows = state === "" ? undefined : pages.items.filter((c) => c.state === state);
  const columns: Column<CertificateRow>[] = [
    { key: "number", title: t("facts.number"), render: (c) => <CertificateLink number={c.number} plain short /> },
    ...(session.viewer.seesAll ? [{ key: "debtor", title: t("facts.debtor"), render: (c: CertificateRow) => <MemberName id={c.debtor} /> }] : []),
    { key: "holder", title: t("facts.firstHolder"), phone: "title", render: (c) => <MemberName id={c.firstHolder} /> },
    { key: "face", title: t("facts.face"), end: true, render: (c) => <Money amount={c.face} /> },
    { key: "redeemed", title: t("facts.redeemed"), end: true, phone: "hide", render: (c) => (c.redeemed === "0.00" ? "—" : <Money amount={c.redeemed} />) },
    { key: "payment", title: t("facts.payment"), render: (c) => <DateText date={c.payment} from={c.state === "active" && c.redeemed !== c.face ? today : undefined} /> },
    ...(session.viewer.seesAll ? [] : [{ key: "reference", title: t("facts.reference"), phone: "hide" as const, render: (c: CertificateRow) => c.reference }]),
    { key: "state", title: t("facts.state"), render: (c) => <StateTag kind="certificate" state={standingOf(c, today)} /> },
  ];
  return (
    <>
      <div className="row">
        <Select
          style={{ minWidth: 200 }}
          aria-label={t("list.state")}
          data-testid="certificates-state"
          value={state}
          onChange={setState}
          options={[{ value: "", label: t("list.anyState") }, ...certificateStates.map((s) => ({ value: s, label: words.state("certificate", s) }))]}
        />
      </div>
      <PagedTable
        label={t("list.owed")}
        columns={columns}
        pages={pages}
        rows={rows}
        rowKey={(c) => c.number}
        to={(c) => `/certificates/${c.number}`}
        empty={<EmptyState title={t("list.noneOwed")} hint={session.is("debtor") ? t("list.noneOwedHint") : undefined} />}
        testId="certificates-owed"
      />
    </>
  );
}

function standingOf(c: CertificateRow, today: string): string {
  if (c.state !== "active") return c.state;
  if (c.redeemed === c.face) return "settled";
  if (today !== "" && today > c.payment) return "overdue";
  return c.redeemed === "0.00" ? "active" : "partly-paid";
}

/** ToAccept is the inbox of a first holder. */
function ToAccept(): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const today = useToday();
  const pages = usePages<HoldingRow>("/v1/holdings", { owner: session.member.id, state: "issued" });
  const columns: Column<HoldingRow>[] = [
    { key: "debtor", title: t("facts.debtor"), phone: "title", render: (h) => <MemberName id={h.debtor} /> },
    { key: "number", title: t("facts.number"), phone: "hide", render: (h) => <CertificateLink number={h.certificate} plain short /> },
    { key: "amount", title: t("facts.amount"), end: true, render: (h) => <Money amount={h.amount} /> },
    { key: "payment", title: t("facts.payment"), render: (h) => <DateText date={h.payment} from={today} /> },
    { key: "state", title: t("facts.state"), render: (h) => <StateTag kind="certificate" state={h.state} /> },
  ];
  return (
    <PagedTable
      label={t("list.accept")}
      columns={columns}
      pages={pages}
      rowKey={(h) => h.certificate}
      to={(h) => `/certificates/${h.certificate}`}
      empty={<EmptyState title={t("list.noneAccept")} hint={t("list.noneAcceptHint")} />}
      testId="certificates-accept"
    />
  );
}

/** Held are the certificates of which the member holds fen, each holding a row. */
function Held(): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const today = useToday();
  const pages = usePages<HoldingRow>("/v1/holdings", { owner: session.member.id, state: "active" }, 100);
  const columns: Column<HoldingRow>[] = [
    { key: "debtor", title: t("facts.debtor"), phone: "title", render: (h) => <MemberName id={h.debtor} /> },
    { key: "number", title: t("facts.number"), phone: "hide", render: (h) => <CertificateLink number={h.certificate} plain short /> },
    { key: "amount", title: t("facts.held"), end: true, render: (h) => <Money amount={h.amount} /> },
    { key: "payment", title: t("facts.payment"), render: (h) => <DateText date={h.payment} from={h.redeemed ? undefined : today} /> },
    { key: "tier", title: t("facts.tier"), end: true, render: (h) => h.tier },
    { key: "state", title: t("facts.state"), render: (h) => <StateTag kind="holding" state={standingOfRow(h, today)} /> },
  ];
  return (
    <PagedTable
      label={t("list.held")}
      columns={columns}
      pages={pages}
      rows={pages.isLoading ? undefined : pages.items.filter((h) => !h.gone)}
      rowKey={(h) => `${h.certificate}/${h.id}`}
      to={(h) => `/certificates/${h.certificate}`}
      empty={<EmptyState title={t("list.noneHeld")} hint={t("list.noneHeldHint")} />}
      testId="certificates-held"
    />
  );
}
