import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import type { Member } from "../../lib/records";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { KeyForm } from "./KeyForm";
import { powersOver } from "./powers";

/** AddKey registers a further key of the own member, for a new person or one that is there. */
export function AddKey(): ReactElement {
  const { t } = useTranslation("members");
  const { id = "" } = useParams();
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const read = useRead<Member>(`/v1/members/${id}`);
  const m = read.data;
  return (
    <Page
      title={t("addKey")}
      sub={t("addKeySub")}
      crumbs={[{ title: m?.name ?? t("one"), to: `/members/${id}` }, { title: t("addKey") }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="add-key-page"
    >
      {m && (
        <Panel>
          {powersOver(session, m).admin ? (
            <KeyForm
              m={m}
              cools
              action={t("register")}
              onKey={async (credential) => {
                const done = await sign({ ...call("member:AddCredential", { member: m.id, credential }), after: <p>{t("afterAdd")}</p> });
                if (done) void navigate(`/members/${m.id}`);
              }}
            />
          ) : (
            <EmptyState title={t("onlyAdmin")} action={<LinkButton to={`/members/${id}`}>{t("one")}</LinkButton>} />
          )}
        </Panel>
      )}
    </Page>
  );
}
