import { Button } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { pathOfNotice } from "../../app/paths";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { dateOfInstant } from "../../lib/calendar";
import type { Work } from "../../lib/records";
import { Money } from "../../parts/Money";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { DateText, InstantText } from "../../parts/Time";
import { BankHome } from "./Bank";
import { DebtorHome } from "./Debtor";
import { HolderHome } from "./Holder";
import { NetworkHome } from "./Network";
import { shortcutsOf } from "./shortcuts";
import { joined } from "../../parts/joined";

/** Home is what waits for the member, its figures, and where to go, for each role that it has. */
export default function Home(): ReactElement {
  const { t } = useTranslation("home");
  const session = useSession();
  const words = useWords();
  const { member, viewer } = session;
  const who = t("hello", { member: member.name, person: viewer.person, roles: joined(session.identity.roles.map((r) => words.of("personRole", r))) });
  return (
    <Page title={t("title")} sub={who} testId="home">
      <div className="stack">
        <Waiting />
        <Shortcuts />
        {session.is("debtor") && <DebtorHome />}
        {session.is("holder") && <HolderHome />}
        {session.is("funder") && <BankHome />}
        {viewer.seesAll && <NetworkHome />}
      </div>
    </Page>
  );
}

/** Waiting is the member's worklist, with what runs out first marked by its days. */
function Waiting(): ReactElement {
  const { t } = useTranslation("home");
  const words = useWords();
  const today = useToday();
  const [all, setAll] = useState(false);
  const work = usePages<Work>("/v1/worklist", {}, 100);
  const first = 6;
  const rows = all ? work.items : work.items.slice(0, first);
  const columns: Column<Work>[] = [
    { key: "what", title: t("what"), phone: "title", render: (w) => words.of("notice", w.kind) },
    { key: "amount", title: t("amount"), end: true, render: (w) => (w.amount === "0.00" ? null : <Money amount={w.amount} />) },
    { key: "since", title: t("since"), phone: "hide", render: (w) => <InstantText at={w.since} /> },
    { key: "until", title: t("until"), render: (w) => (w.until ? <DateText date={dateOfInstant(w.until)} from={today} /> : null) },
  ];
  return (
    <Panel
      title={t("waits")}
      actions={work.items.length > first && (
        <Button type="link" onClick={() => setAll(!all)} aria-expanded={all} data-testid="worklist-all">
          {all ? t("fewer") : t("more", { count: work.items.length })}
        </Button>
      )}
    >
      <PagedTable
        label={t("waits")}
        columns={columns}
        rows={work.isLoading ? undefined : rows}
        pages={work.isLoading || work.error || all ? work : undefined}
        rowKey={(w) => `${w.kind}/${w.subject}`}
        to={(w) => pathOfNotice(w.kind, w.subject, w.member)}
        empty={<EmptyState title={t("none")} hint={t("noneHint")} />}
        testId="worklist"
      />
    </Panel>
  );
}

/** Shortcuts are what a person of these roles does most. */
function Shortcuts(): ReactElement | null {
  const { t } = useTranslation("home");
  const session = useSession();
  const list = shortcutsOf(session.member.roles, session.identity.roles, session.viewer.seesAll);
  if (list.length === 0) return null;
  return (
    <nav aria-label={t("shortcuts")} className="row" data-testid="shortcuts">
      {list.map((s, i) => (
        <LinkButton key={s.key} to={s.to} primary={i === 0} testId={`shortcut-${s.key}`}>
          {t(`go.${s.key}`)}
        </LinkButton>
      ))}
    </nav>
  );
}
