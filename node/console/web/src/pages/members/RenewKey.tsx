import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import type { Credential, Member } from "../../lib/records";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { KeyForm } from "./KeyForm";
import { powersOver } from "./powers";

/** RenewKey registers a new key for the person of an old one. It needs no cooling-off; the old key stays until it ends. */
export function RenewKey(): ReactElement {
  const { t } = useTranslation("members");
  const { id = "", key = "" } = useParams();
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const member = useRead<Member>(`/v1/members/${id}`);
  const old = useRead<Credential>(`/v1/credentials/${key}`);
  const [m, c] = [member.data, old.data];
  return (
    <Page
      title={t("renewKey")}
      sub={t("renewKeySub")}
      crumbs={[{ title: m?.name ?? t("one"), to: `/members/${id}` }, { title: t("renewKey") }]}
      loading={member.isLoading || old.isLoading}
      error={member.error ?? old.error}
      onRetry={() => {
        member.retry();
        old.retry();
      }}
      testId="renew-key-page"
    >
      {m && c && (
        <Panel title={c.person}>
          {powersOver(session, m).admin && !c.revokedAt ? (
            <KeyForm
              m={m}
              fixed={{ person: c.person, roles: c.roles }}
              cools={false}
              action={t("register")}
              onKey={async (credential) => {
                const done = await sign({ ...call("member:RenewCredential", { key: c.id, credential }), after: <p>{t("afterRenew")}</p> });
                if (done) void navigate(`/members/${m.id}`);
              }}
            />
          ) : (
            <EmptyState title={c.revokedAt ? t("isRevoked") : t("onlyAdmin")} action={<LinkButton to={`/members/${id}`}>{t("one")}</LinkButton>} />
          )}
        </Panel>
      )}
    </Page>
  );
}
