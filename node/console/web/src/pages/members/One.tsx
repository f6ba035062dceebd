import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import type { Account, AccountsPage, Member, Page as PageOf, Stop } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Copy, MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Credentials } from "./Credentials";
import { Policy } from "./Policy";
import { type Powers, powersOver } from "./powers";
import { Standing } from "./Standing";

/** One is one member: who it is, its people and their keys, its accounts and its dual control. */
export function One({ id }: { id: string }): ReactElement {
  const { t } = useTranslation("members");
  const session = useSession();
  const read = useRead<Member>(`/v1/members/${id}`);
  const m = read.data;
  const powers = m ? powersOver(session, m) : null;
  const crumbs = session.viewer.seesAll ? [{ title: t("title"), to: "/members" }, { title: m?.name ?? id }] : undefined;
  return (
    <Page title={m?.name ?? t("one")} sub={powers?.own ? t("ownSub") : t("oneSub")} crumbs={crumbs} loading={read.isLoading} error={read.error} onRetry={read.retry} testId="member">
      {m && powers && (
        <div className="stack">
          {m.state === "suspended" && <Alert type="warning" showIcon title={t("suspended")} description={t("suspendedText")} />}
          {m.roles.includes("debtor") && (powers.own || session.viewer.institution) && <Stopped id={m.id} />}
          {powers.own && m.admins < 2 && <Alert type="info" showIcon title={t("oneAdmin")} description={t("oneAdminText")} />}
          <Who m={m} powers={powers} />
          <Credentials m={m} powers={powers} />
          {powers.own && <Policy m={m} admin={powers.admin} />}
          {(powers.own || session.is("funder") || session.viewer.seesAll) && <Accounts m={m} own={powers.own} />}
        </div>
      )}
    </Page>
  );
}

/** Stopped says on whose word a debtor may not issue; nothing when it may. */
function Stopped({ id }: { id: string }): ReactElement | null {
  const { t } = useTranslation("members");
  const stops = useRead<PageOf<Stop>>("/v1/stops", { debtor: id, limit: 200 }).data?.items ?? [];
  if (stops.length === 0) return null;
  return (
    <Alert
      type="error"
      showIcon
      data-testid="member-stopped"
      title={t("stopped")}
      description={stops.map((s) => <p key={s.bank}><MemberName id={s.bank} /> · <InstantText at={s.since} /> · {s.reason}</p>)}
    />
  );
}

function Who({ m, powers }: { m: Member; powers: Powers }): ReactElement {
  const { t } = useTranslation("members");
  const words = useWords();
  return (
    <Panel title={t("facts")} actions={<StateTag kind="member" state={m.state} testId="member-state" />}>
      <div className="stack">
        <Facts
          items={[
            { label: t("code"), value: <><span className="mono">{m.id}</span><Copy text={m.id} /></>, testId: "member-code" },
            { label: t("roles"), value: m.roles.map((r) => words.of("role", r)).join("、") },
            { label: t("class"), value: words.of("class", m.class) },
            { label: t("sponsor"), value: m.sponsor ? <MemberName id={m.sponsor} link /> : t("noSponsor") },
            { label: t("enrolledAt"), value: <InstantText at={m.enrolled} /> },
            { label: t("lei"), value: m.lei },
            { label: t("admins"), value: String(m.admins) },
            { label: t("encryption"), value: m.encryption ? t("hasEncryption") : t("noEncryption") },
          ]}
        />
        <Standing m={m} powers={powers} />
      </div>
    </Panel>
  );
}

/** Accounts lists a member's accounts; the numbers are sealed to the member and its bank. */
function Accounts({ m, own }: { m: Member; own: boolean }): ReactElement {
  const { t } = useTranslation("members");
  const read = useRead<AccountsPage>(`/v1/members/${m.id}/accounts`, { limit: 200 });
  const payee = read.data?.payee?.account;
  const columns: Column<Account>[] = [
    { key: "id", title: t("account"), phone: "title", render: (a) => a.id },
    { key: "bank", title: t("accountBank"), render: (a) => <MemberName id={a.bank} /> },
    { key: "since", title: t("since"), render: (a) => <InstantText at={a.since} /> },
    { key: "usable", title: t("usable"), render: (a) => (a.usableFrom ? <InstantText at={a.usableFrom} /> : "") },
    { key: "payee", title: t("payee"), render: (a) => (a.id === payee ? t("chosen") : "") },
    { key: "state", title: t("state"), render: (a) => <StateTag kind="account" state={a.state} /> },
  ];
  if (read.error) return <Panel title={t("accounts")}><p className="soft">{t("accountsHidden")}</p></Panel>;
  return (
    <Panel title={t("accounts")} actions={own && <LinkButton to="/accounts">{t("manage")}</LinkButton>}>
      <PagedTable
        label={t("accounts")}
        columns={columns}
        rows={read.data?.items ?? []}
        rowKey={(a) => a.id}
        empty={<EmptyState title={own ? t("noAccounts") : t("noAccountsSeen")} hint={own ? t("noAccountsHint") : undefined} />}
        testId="member-accounts"
      />
    </Panel>
  );
}
