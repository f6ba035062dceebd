import { Alert, App } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead, useRefresh, useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import type { RecoveryView } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Digest } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Check, Documents } from "./Check";
import { compareHeard, useKeysCode } from "./compare";

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
                v.argument && { label: t("letter"), value: <Digest value={v.argument.request} /> },
                v.argument && { label: t("validFrom"), value: <InstantText at={v.argument.credential.notBefore} /> },
                v.argument && { label: t("approveBy"), value: <InstantText at={v.approveBy} /> },
              ]}
            />
          </Panel>
          <Panel title={t("documents.title")}>
            <Documents digests={v.argument ? [v.argument.request, ...v.documents] : v.documents} />
          </Panel>
          {v.state === "waiting" && <Decide v={v} />}
        </div>
      )}
    </Page>
  );
}

function Decide({ v }: { v: RecoveryView }): ReactElement {
  const { t } = useTranslation("enrolments");
  const session = useSession();
  const sign = useSign();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const network = useStatus().data?.network ?? "";
  const [heard, setHeard] = useState("");
  const [identified, setIdentified] = useState(false);
  const [called, setCalled] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const made = useKeysCode(network, v.member.id, v.argument && [v.argument.credential], "");
  const verdict = compareHeard(heard, made.code);
  const differs = made.code !== "" && made.code !== v.pairing;
  const off = !session.may("maker") ? t("off.maker") : !v.known ? t("unknownMember") : differs ? t("check.differs") : !identified || !called ? t("off.checks") : verdict !== "same" ? t("off.code") : undefined;

  const confirm = async (): Promise<void> => {
    if (!v.function || !v.argument) return;
    const done = await sign({ function: v.function, argument: v.argument, after: <p>{t(v.sponsored ? "afterRecover" : "afterRecoverBanks")}</p> });
    if (done) await refresh();
  };
  const refuse = async (reason: string): Promise<void> => {
    setError(null);
    try {
      await session.api.post(`/v1/recoveries/${v.reference}/refusal`, { reason });
      void message.success(t("refused"));
      await refresh();
    } catch (reason_) {
      setError(reason_);
    }
  };
  return (
    <Panel title={t("check.title")} testId="recovery-decide">
      <div className="stack">
        <p>{t("check.recoveryText")}</p>
        <Check
          heard={heard} onHeard={setHeard} verdict={verdict} differs={differs} error={made.error}
          identified={identified} onIdentified={setIdentified} called={called} onCalled={setCalled} disabled={!session.may("maker") || !v.known}
        />
        {error != null && <ProblemBox error={error} />}
        <div className="row">
          <ActionButton label={t("recover")} primary disabled={off} onClick={() => void confirm()} testId="recovery-confirm" />
          <ReasonButton
            label={t("refuse")} about={t("refuseAbout")} usual={[t("usual.identity"), t("usual.pairing"), t("usual.letter")]} danger
            disabled={session.may("maker", "reviewer") ? undefined : t("off.officer")} onReason={(r) => void refuse(r)} testId="recovery-refuse"
          />
        </div>
        {off && <p className="soft small">{off}</p>}
      </div>
    </Panel>
  );
}
