import { Alert, Button } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../app/query";
import { useAccess, useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type AccountText, openAccount } from "../../lib/build";
import { refuse } from "../../lib/problem";
import type { Account, AccountsPage, Page as PageOf, Work } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { MemberPicker } from "../../parts/MemberPicker";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Sub } from "./Sub";

/** Accounts are bank accounts that members registered with this bank: it opens the number, compares, and confirms. */
export function Accounts(): ReactElement {
  const { t } = useTranslation("bank");
  const work = useRead<PageOf<Work>>("/v1/worklist", { limit: 200 });
  const [member, setMember] = useState("");
  const waiting = (work.data?.items ?? []).filter((w) => w.kind === "account.changed");
  return (
    <Page title={t("accounts.title")} sub={t("accounts.sub")} loading={work.isLoading} error={work.error} onRetry={work.retry} testId="bank-accounts">
      <Sub of="desk" />
      <div className="stack">
        <Panel title={t("accounts.waiting")}>
          {waiting.length === 0 ? <EmptyState title={t("accounts.none")} hint={t("accounts.noneHint")} /> : waiting.map((w) => <One key={w.subject} subject={w.subject} />)}
        </Panel>
        <Panel title={t("accounts.look")}>
          <div style={{ maxWidth: 480 }}>
            <MemberPicker value={member} onChange={setMember} label={t("accounts.member")} testId="accounts-member" />
          </div>
          {member !== "" && <All member={member} />}
        </Panel>
      </div>
    </Page>
  );
}

function One({ subject }: { subject: string }): ReactElement | null {
  const [member = "", id = ""] = subject.split("/");
  const read = useRead<AccountsPage>(`/v1/members/${member}/accounts`, { limit: 200 });
  const account = read.data?.items.find((a) => a.id === id);
  if (read.error) return <ProblemBox error={read.error} onRetry={read.retry} />;
  return account ? <Row account={account} /> : null;
}

function All({ member }: { member: string }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const read = useRead<AccountsPage>(`/v1/members/${member}/accounts`, { limit: 200 });
  if (read.error) return <ProblemBox error={read.error} onRetry={read.retry} />;
  const own = (read.data?.items ?? []).filter((a) => a.bank === session.member.id);
  return own.length === 0 ? <p className="soft">{t("accounts.noneOfMember")}</p> : <>{own.map((a) => <Row key={a.id} account={a} />)}</>;
}

function Row({ account: a }: { account: Account }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const { vault } = useAccess();
  const sign = useSign();
  const [text, setText] = useState<AccountText | null>(null);
  const [error, setError] = useState<unknown>(null);
  const off = session.may("maker") ? undefined : t("onlyMaker");
  const open = async (): Promise<void> => {
    setError(null);
    try {
      const ids = (await vault?.memberKeys(session.member.id)) ?? [];
      let last: unknown = null;
      for (const id of ids) {
        const key = await vault?.encryptionKey(id);
        if (!key) continue;
        try {
          return setText(await openAccount(a, key));
        } catch (reason) {
          last = reason;
        }
      }
      throw last ?? refuse("CLIENT_SEALED", t("accounts.noKey"));
    } catch (reason) {
      setError(reason);
    }
  };
  const argument = { member: a.member, account: a.id };
  return (
    <div className="pick-row" style={{ display: "block", marginTop: 8 }} data-testid={`account-${a.member}-${a.id}`}>
      <div className="stack">
        <Facts
          items={[
            { label: t("accounts.member"), value: <MemberName id={a.member} withCode /> },
            { label: t("accounts.id"), value: a.id },
            { label: t("state"), value: <StateTag kind="account" state={a.state} /> },
            { label: t("accounts.since"), value: a.since && <InstantText at={a.since} /> },
            { label: t("accounts.number"), value: text && <span className="num strong" data-testid="account-number">{text.number}</span> },
            { label: t("accounts.name"), value: text?.name },
          ]}
        />
        {error !== null && <ProblemBox error={error} />}
        {a.state === "proposed" && !text && <Alert type="info" showIcon title={t("accounts.openFirst")} />}
        <div className="row">
          {!text && <Button onClick={() => void open()} data-testid={`account-open-${a.id}`}>{t("accounts.open")}</Button>}
          {a.state === "proposed" && <ActionButton label={t("accounts.confirm")} primary disabled={off ?? (text ? undefined : t("accounts.openFirst"))} onClick={() => void sign({ ...call("member:ConfirmAccount", argument), facts: text ? { lines: [{ label: t("accounts.number"), text: text.number, strong: true }, { label: t("accounts.name"), text: text.name }] } : undefined })} testId={`account-confirm-${a.id}`} />}
          {a.state !== "closed" && <ActionButton label={t("accounts.close")} danger disabled={off} onClick={() => void sign(call("member:CloseAccount", argument))} testId={`account-close-${a.id}`} />}
        </div>
      </div>
    </div>
  );
}
