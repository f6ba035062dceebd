import { Alert, Tag } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useStatus } from "../../app/query";
import { useAccess, useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type AccountText, openAccount } from "../../lib/build";
import type { Account, AccountsPage } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";

const most = 200;

/** List shows the member's accounts: state, cooling-off, which one clearings are paid to. */
export function List(): ReactElement {
  const { t } = useTranslation("accounts");
  const session = useSession();
  const read = useRead<AccountsPage>(`/v1/members/${session.member.id}/accounts`, { limit: most });
  const items = [...(read.data?.items ?? [])].sort((a, b) => Number(a.state === "closed") - Number(b.state === "closed") || a.id.localeCompare(b.id));
  const maker = session.may("maker");
  return (
    <Page
      title={t("title")}
      sub={t("sub")}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      actions={maker && <LinkButton to="/accounts/new" primary testId="account-new">{t("new")}</LinkButton>}
      testId="accounts"
    >
      <div className="stack">
        {read.data && <Payee page={read.data} />}
        {items.length === 0 && <div className="panel"><EmptyState title={t("none")} hint={t("noneHint")} /></div>}
        {items.map((a) => <One key={a.id} account={a} page={read.data} />)}
      </div>
    </Page>
  );
}

function Payee({ page }: { page: AccountsPage }): ReactElement | null {
  const { t } = useTranslation("accounts");
  const now = useStatus().data?.ledgerTime ?? "";
  const p = page.payee;
  if (!p) return page.items.some((a) => a.state === "confirmed") ? <Alert type="info" showIcon title={t("payee.none")} data-testid="payee" /> : null;
  const waits = now !== "" && p.from > now;
  return (
    <Alert
      type={waits ? "warning" : "success"}
      showIcon
      data-testid="payee"
      title={waits ? t("payee.waits", { account: p.account }) : t("payee.is", { account: p.account })}
      description={waits ? <>{t("payee.from")} <InstantText at={p.from} />{p.former && <> · {t("payee.former", { account: p.former })}</>}</> : undefined}
    />
  );
}

function One({ account: a, page }: { account: Account; page: AccountsPage | undefined }): ReactElement {
  const { t } = useTranslation("accounts");
  const session = useSession();
  const sign = useSign();
  const now = useStatus().data?.ledgerTime ?? "";
  const cooling = a.state === "confirmed" && a.usableFrom !== null && now !== "" && a.usableFrom > now;
  const chosen = page?.payee?.account === a.id;
  const off = session.may("maker") ? undefined : t("onlyMaker");
  const facts = { lines: [{ label: t("bank"), text: a.bank, strong: true }] };
  return (
    <Panel
      title={<>{a.id} <StateTag kind="account" state={a.state} /> {chosen && <Tag color="success">{t("chosen")}</Tag>}</>}
      testId={`account-${a.id}`}
    >
      <div className="stack">
        <Facts
          items={[
            { label: t("bank"), value: <MemberName id={a.bank} withCode /> },
            { label: t("number"), value: <SealedNumber account={a} /> },
            { label: t("since"), value: <InstantText at={a.since} /> },
            { label: t("usable"), value: a.state === "confirmed" ? cooling ? <span className="warn">{t("cooling")} <InstantText at={a.usableFrom} /></span> : <span className="good">{t("usableNow")}</span> : null },
          ]}
        />
        {a.state === "proposed" && <p className="soft">{t("waitsForBank")} <MemberName id={a.bank} /></p>}
        {a.state !== "closed" && (
          <div className="row">
            {a.state === "confirmed" && !chosen && <ActionButton label={t("choose")} disabled={off} onClick={() => void sign({ ...call("member:ChooseAccount", { account: a.id }), facts, after: <p>{t("afterChoose")}</p> })} testId={`account-choose-${a.id}`} />}
            <ActionButton label={t("close")} danger disabled={off} onClick={() => void sign({ ...call("member:CloseAccount", { member: a.member, account: a.id }), facts, note: <p>{t("closeHint")}</p> })} testId={`account-close-${a.id}`} />
          </div>
        )}
      </div>
    </Panel>
  );
}

/** SealedNumber opens the sealed number with the member's encryption key, if this browser has it. */
function SealedNumber({ account: a }: { account: Account }): ReactElement {
  const { t } = useTranslation("accounts");
  const { vault } = useAccess();
  const session = useSession();
  const opened = useQuery({
    queryKey: ["account", session.identity.kid, a.member, a.id, a.commitment],
    queryFn: async (): Promise<AccountText | null> => {
      for (const id of (await vault?.memberKeys(a.member)) ?? []) {
        const key = await vault?.encryptionKey(id);
        if (!key) continue;
        try {
          return await openAccount(a, key);
        } catch {
          continue; // sealed to another key of the member
        }
      }
      return null;
    },
    enabled: vault !== null,
    staleTime: Infinity,
  });
  if (!opened.data) return <span className="soft">{opened.isLoading ? "…" : t("sealed")}</span>;
  return <span data-testid={`account-number-${a.id}`}><span className="num">{opened.data.number.replace(/(.{4})(?=.)/g, "$1 ")}</span> · {opened.data.name}</span>;
}
