import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { pathOf } from "../../app/paths";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import type { AlertState } from "../../lib/enums";
import { humanFen } from "../../lib/money";
import { isSocialCredit, parseCertificateNumber } from "../../lib/number";
import type { Alert, Page as List } from "../../lib/records";
import { Facts, Timeline } from "../../parts/Facts";
import { CertificateLink, Digest, MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { ReasonButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";

/** One is an alert with the facts behind it and the answers to it. */
export function One(): ReactElement {
  const { t } = useTranslation("alerts");
  const { id = "" } = useParams();
  const read = useRead<List<Alert>>("/v1/alerts", { id });
  const alert = read.data?.items[0];
  return (
    <Page
      title={alert ? t(`rules.${alert.rule}`) : t("one")}
      sub={alert && <>{t(`why.${alert.rule}`)}</>}
      crumbs={[{ title: t("title"), to: "/audit/alerts" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="alert"
    >
      {alert ? <Body alert={alert} /> : <div className="panel"><EmptyState title={t("gone")} hint={t("goneHint")} /></div>}
    </Page>
  );
}

const money = /^-?\d+\.\d{2}$/;

/** Shown is a fact in the form in which people read it, with a way to what it names. */
function Shown({ name, value }: { name: string; value: string }): ReactElement {
  if (isSocialCredit(value)) return <MemberName id={value} link />;
  if (parseCertificateNumber(value)) return <CertificateLink number={value} />;
  if (money.test(value)) return <span className="num">¥{humanFen(value)}</span>;
  const path = ["transfer", "financing", "run", "settlement", "contract", "delivery", "invoice"].includes(name) ? pathOf(name, value) : null;
  if (path) return <Link to={path} className="mono">{value}</Link>;
  return <span className="num">{value}</span>;
}

function Body({ alert }: { alert: Alert }): ReactElement {
  const { t } = useTranslation("alerts");
  const words = useWords();
  return (
    <div className="stack">
      <Panel title={t("facts")} testId="alert-facts">
        <div className="stack">
          <p className="soft">{t("accuses")}</p>
          <Facts
            items={[
              { label: t("state"), value: <StateTag kind="alert" state={alert.state} testId="alert-state" /> },
              { label: t("since"), value: <InstantText at={alert.since} exact /> },
              { label: t("subject"), value: <Shown name={alert.subject.includes("-") ? "run" : ""} value={alert.subject} /> },
              { label: t("about"), value: alert.members.map((m) => <div key={m}><MemberName id={m} withCode link /></div>) },
              alert.others.length > 0 && { label: t("others"), value: alert.others.map((m) => <div key={m}><MemberName id={m} link /></div>) },
              ...alert.facts.map((f) => ({ label: t(`fact.${f.key}`, { defaultValue: f.key }), value: <Shown name={f.key} value={f.value} /> })),
              { label: t("id"), value: <Digest value={alert.id} />, wide: true },
            ]}
          />
        </div>
      </Panel>
      <Panel title={t("answers")} testId="alert-answers">
        <div className="stack">
          {alert.answers.length === 0 ? (
            <p className="soft">{t("noAnswers")}</p>
          ) : (
            <Timeline
              label={t("answers")}
              items={alert.answers.map((a) => ({
                key: String(a.number),
                at: a.signed.at,
                title: <><MemberName id={a.signed.member} /> · {a.signed.person} · {words.state("alert", a.state)}</>,
                body: <>{a.reason}{a.signed.txId && <> · <Link to={`/audit/transactions/${a.signed.txId}`}>{t("transaction")}</Link></>}</>,
                mark: a.state === "closed" ? "soft" : "good",
              }))}
            />
          )}
          {alert.state !== "closed" && <Answer alert={alert} />}
        </div>
      </Panel>
    </div>
  );
}

function Answer({ alert }: { alert: Alert }): ReactElement {
  const { t } = useTranslation("alerts");
  const session = useSession();
  const sign = useSign();
  const maker = session.may("maker") ? undefined : t("onlyMaker");
  const closes = session.is("funder", "operator", "auditor");
  const answer = (state: AlertState) => (reason: string) => {
    void sign({ ...call("alert:Answer", { alert: alert.id, state, reason }), after: <p>{t(`after.${state}`)}</p> });
  };
  return (
    <div className="row">
      <ReasonButton label={t("explain")} about={t("explainAbout")} usual={[t("usual.trade"), t("usual.error")]} disabled={maker} onReason={answer("explained")} testId="alert-explain" />
      <ReasonButton label={t("close")} about={t("closeAbout")} usual={[t("usual.checked"), t("usual.reported")]} disabled={maker ?? (closes ? undefined : t("onlyInstitution"))} onReason={answer("closed")} testId="alert-close" />
    </div>
  );
}
