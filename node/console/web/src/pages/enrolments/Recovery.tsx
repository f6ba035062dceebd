import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead } from "../../app/query";
import type { RecoveryView } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Digest } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Documents } from "./Check";
import { Decide } from "./Decide";

/** Recovery is one request for a new admin's key, with what the bank checks and proposes. */
export function Recovery(): ReactElement {
  const { t } = useTranslation("enrolments");
  const { id = "" } = useParams();
  const read = useRead<RecoveryView>(`/v1/recoveries/${id}`);
  const v = read.data;
  const title = v ? v.member.name || v.member.id : t("recoveries");
  return (
    <Page
      title={title}
      sub={t("recoverySub")}
      crumbs={[{ title: t("recoveries"), to: "/enrolments/recoveries" }, { title }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="recovery"
    >
      {v && (
        <div className="stack">
          {v.refusal && <Alert type="error" showIcon title={t("refusedBy", { person: v.refusal.by.person })} description={v.refusal.reason} />}
          {v.state === "recovered" && <Alert type="success" showIcon title={t("recovered")} description={<Link to={`/members/${v.member.id}`}>{t("toMember")}</Link>} />}
          {!v.known && <Alert type="warning" showIcon title={t("unknownMember")} description={t("unknownText")} />}
          {v.known && !v.sponsored && v.state === "waiting" && <Alert type="info" showIcon title={t("notSponsored")} />}
          <Panel title={t("request")} actions={<StateTag kind="recovery" state={v.state} testId="recovery-state" />}>
            <Facts
              items={[
                { label: t("name"), value: v.known ? <Link to={`/members/${v.member.id}`}>{v.member.name}</Link> : "" },
                { label: t("code"), value: <span className="mono">{v.member.id}</span> },
                { label: t("person"), value: <span className="mono">{v.person}</span> },
                { label: t("key"), value: <Digest value={v.key} /> },
                { label: t("contact"), value: v.contact },
                { label: t("at"), value: <InstantText at={v.at} /> },
                { label: t("reason"), value: v.reason, wide: true },
                { label: t("letter"), value: <Digest value={v.request} /> },
                v.argument && { label: t("validFrom"), value: <InstantText at={v.argument.credential.notBefore} /> },
                v.argument && { label: t("approveBy"), value: <InstantText at={v.approveBy} /> },
              ]}
            />
          </Panel>
          <Panel title={t("documents.title")}>
            <Documents digests={[v.request, ...v.documents]} />
          </Panel>
          {v.state === "waiting" && (
            <Decide
              of="recovery" path={`/v1/recoveries/${v.reference}`} text={t("check.recoveryText")} confirm={t("recover")} usual={t("usual.letter")}
              member={v.member.id} credentials={v.argument && [v.argument.credential]} encryption="" pairing={v.pairing}
              call={v.function && v.argument ? { function: v.function, argument: v.argument, after: <p>{t(v.sponsored ? "afterRecover" : "afterRecoverBanks")}</p> } : null}
              off={v.known ? undefined : t("unknownMember")}
            />
          )}
        </div>
      )}
    </Page>
  );
}
