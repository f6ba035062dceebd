import { Alert, App } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useAccess, useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { instantText } from "../../lib/calendar";
import type { Identity } from "../../lib/vault";
import { Digest } from "../../parts/Names";
import { EmptyState, LinkButton, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ActionButton } from "../../parts/ReasonButton";
import { InstantText } from "../../parts/Time";
import { Frame } from "./Settings";

/** useMemberKeys are the ids of the own member's decryption keys that this browser keeps. */
function useMemberKeys(): string[] {
  const { vault } = useAccess();
  const { member } = useSession();
  const [ids, setIds] = useState<string[]>([]);
  useEffect(() => {
    let gone = false;
    vault?.memberKeys(member.id).then((found) => !gone && setIds(found), () => undefined);
    return () => {
      gone = true;
    };
  }, [vault, member.id]);
  return ids;
}

/** Keys are what this browser keeps: who can sign in it, and which sealed documents it opens. */
export function Keys(): ReactElement {
  const { t } = useTranslation("settings");
  const words = useWords();
  const access = useAccess();
  const session = useSession();
  const { modal } = App.useApp();
  const readers = useMemberKeys();
  const forget = (i: Identity): void => {
    modal.confirm({
      title: t("key.forgetTitle", { person: i.person, member: i.memberName }), content: t("key.forgetText"), okText: t("key.forget"), cancelText: t("keep"),
      okButtonProps: { danger: true, ...{ "data-testid": "key-forget-yes" } },
      onOk: () => access.forget(i.kid),
    });
  };
  const columns: Column<Identity>[] = [
    { key: "member", title: t("member"), phone: "title", render: (i) => i.memberName },
    { key: "person", title: t("person"), render: (i) => <><span className="mono">{i.person}</span>{i.kid === session.identity.kid && <span className="soft small"> {t("key.inUse")}</span>}</> },
    { key: "roles", title: t("roles"), render: (i) => i.roles.map((r) => words.of("personRole", r)).join("、") },
    { key: "network", title: t("network"), phone: "hide", render: (i) => i.network },
    { key: "kid", title: t("kid"), phone: "hide", render: (i) => <Digest value={i.kid} /> },
    { key: "added", title: t("key.added"), render: (i) => <InstantText at={instantText(i.added)} /> },
    { key: "do", title: <span className="hidden-visually">{t("key.forget")}</span>, render: (i) => <ActionButton label={t("key.forget")} danger onClick={() => forget(i)} testId={`key-forget-${i.person}`} /> },
  ];
  return (
    <Frame of="keys" actions={<LinkButton to="/login?add=1" testId="key-add">{t("key.add")}</LinkButton>}>
      <div className="stack">
        <PagedTable label={t("way.keys")} columns={columns} rows={access.identities} rowKey={(i) => i.kid} testId="key-list" />
        <Alert type="info" showIcon title={t("key.noExport")} description={t("key.noExportText")} data-testid="key-no-export" />
        <Panel title={t("key.readers")}>
          {readers.length === 0 ? (
            <EmptyState title={t("key.noReader")} hint={t("key.noReaderHint")} action={<LinkButton to="/login?add=1">{t("key.add")}</LinkButton>} />
          ) : (
            <ul className="sign-lines">
              {readers.map((id) => (
                <li key={id}>
                  {session.member.name} <Digest value={id} />
                </li>
              ))}
            </ul>
          )}
        </Panel>
        <p className="soft">{t("key.shared")}</p>
      </div>
    </Frame>
  );
}
