import { App, Button } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { usePages, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import type { Invitation } from "../../lib/records";
import { EmptyState, LinkButton, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { New } from "./New";

/** Invitations are the links by which a member brings others onto the network. */
export default function Invitations(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path="new" element={<New />} />
    </AreaRoutes>
  );
}

function List(): ReactElement {
  const { t } = useTranslation("invitations");
  const session = useSession();
  const pages = usePages<Invitation>("/v1/invitations");
  const [error, setError] = useState<unknown>(null);
  const maker = session.may("maker");
  const columns: Column<Invitation>[] = [
    { key: "name", title: t("name"), phone: "title", render: (i) => i.name },
    { key: "code", title: t("code"), render: (i) => (i.member ? <span className="mono">{i.member}</span> : <span className="soft">{t("anyCode")}</span>) },
    { key: "note", title: t("note"), phone: "hide", render: (i) => i.note ?? "" },
    { key: "person", title: t("person"), phone: "hide", render: (i) => i.person },
    { key: "at", title: t("at"), render: (i) => <InstantText at={i.at} /> },
    { key: "expires", title: t("expires"), render: (i) => (i.state === "open" ? <InstantText at={i.expires} /> : "") },
    { key: "state", title: t("state"), render: (i) => <StateTag kind="invitation" state={i.state} /> },
    { key: "do", title: <span className="hidden-visually">{t("revoke")}</span>, render: (i) => (i.state === "open" && maker ? <Revoke invitation={i} onError={setError} /> : "") },
  ];
  return (
    <Page
      title={t("title")}
      sub={t("sub")}
      actions={maker && <LinkButton to="/invitations/new" primary testId="invite">{t("new")}</LinkButton>}
      testId="invitations"
    >
      <div className="stack">
        {error != null && <ProblemBox error={error} />}
        <PagedTable
          label={t("title")}
          columns={columns}
          pages={pages}
          rowKey={(i) => i.id}
          empty={
            <EmptyState
              title={t("none")}
              hint={maker ? t("noneHint") : t("onlyMaker")}
              action={maker && <LinkButton to="/invitations/new" primary>{t("new")}</LinkButton>}
            />
          }
          testId="invitation-list"
        />
      </div>
    </Page>
  );
}

function Revoke({ invitation, onError }: { invitation: Invitation; onError: (error: unknown) => void }): ReactElement {
  const { t } = useTranslation("invitations");
  const { api } = useSession();
  const { modal, message } = App.useApp();
  const refresh = useRefresh();
  const revoke = async (): Promise<void> => {
    onError(null);
    try {
      await api.del(`/v1/invitations/${invitation.id}`);
      void message.success(t("revoked"));
    } catch (reason) {
      onError(reason);
    }
    await refresh();
  };
  const ask = (): void => {
    modal.confirm({ title: t("revokeTitle", { name: invitation.name }), content: t("revokeText"), okText: t("revoke"), cancelText: t("keep"), okButtonProps: { danger: true, ...{ "data-testid": "revoke-yes" } }, onOk: revoke });
  };
  return (
    <Button size="small" danger onClick={ask} aria-label={`${t("revoke")} ${invitation.name}`} data-testid="invitation-revoke">
      {t("revoke")}
    </Button>
  );
}
