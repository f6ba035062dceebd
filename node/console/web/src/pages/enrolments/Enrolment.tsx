import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead } from "../../app/query";
import { useWords } from "../../app/words";
import type { EnrolmentView } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Digest, MemberName } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Documents } from "./Check";
import { Decide } from "./Decide";

/** Enrolment is one enterprise that asks to be enrolled, with what the bank checks and signs. */
export function Enrolment(): ReactElement {
  const { t } = useTranslation("enrolments");
  const { id = "" } = useParams();
  const read = useRead<EnrolmentView>(`/v1/enrolments/${id}`);
  const e = read.data;
  return (
    <Page
      title={e?.name ?? t("title")}
      sub={t("oneSub")}
      crumbs={[{ title: t("title"), to: "/enrolments" }, { title: e?.name ?? "" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="enrolment"
    >
      {e && (
        <div className="stack">
          {e.refusal && <Alert type="error" showIcon title={t("refusedBy", { person: e.refusal.by.person })} description={e.refusal.reason} />}
          {e.state === "enrolled" && <Alert type="success" showIcon title={t("enrolled")} description={<Link to={`/members/${e.member}`}>{t("toMember")}</Link>} />}
          {e.known && e.state === "waiting" && <Alert type="error" showIcon title={t("known")} description={t("knownText")} data-testid="enrolment-known" />}
          <div className="grid-two">
            <Company e={e} />
            <Keys e={e} />
          </div>
          <Panel title={t("documents.title")}>
            <Documents digests={e.documents} />
          </Panel>
          {e.state === "waiting" && (
            <Decide
              of="enrolment" path={`/v1/enrolments/${e.reference}`} text={t("check.text")} confirm={t("confirm")} usual={t("usual.licence")}
              member={e.argument.id} credentials={e.argument.credentials} encryption={e.argument.encryption ?? ""} pairing={e.pairing}
              call={{ function: e.function, argument: e.argument, after: <p>{t("afterConfirm")}</p> }} off={e.known ? t("known") : undefined}
            />
          )}
        </div>
      )}
    </Page>
  );
}

function Company({ e }: { e: EnrolmentView }): ReactElement {
  const { t } = useTranslation("enrolments");
  const words = useWords();
  const a = e.argument;
  return (
    <Panel title={t("company")} actions={<StateTag kind="enrolment" state={e.state} testId="enrolment-state" />}>
      <Facts
        items={[
          { label: t("name"), value: a.name },
          { label: t("code"), value: <span className="mono">{a.id}</span>, testId: "enrolment-code" },
          { label: t("class"), value: words.of("class", a.class) },
          { label: t("roles"), value: a.roles.map((r) => words.of("role", r)).join("、") },
          { label: t("lei"), value: a.lei },
          { label: t("contact"), value: e.contact },
          { label: t("inviter"), value: <MemberName id={e.inviter.id} link /> },
          { label: t("invited"), value: e.invited === a.name ? "" : e.invited },
          { label: t("at"), value: <InstantText at={e.at} /> },
          { label: t("reference"), value: <Digest value={e.reference} /> },
        ]}
      />
    </Panel>
  );
}

function Keys({ e }: { e: EnrolmentView }): ReactElement {
  const { t } = useTranslation("enrolments");
  const words = useWords();
  type Row = EnrolmentView["argument"]["credentials"][number] & { kid: string };
  const rows: Row[] = e.argument.credentials.map((c, i) => ({ ...c, kid: e.keys[i] ?? "" }));
  const columns: Column<Row>[] = [
    { key: "person", title: t("person"), phone: "title", render: (c) => <span className="mono">{c.person}</span> },
    { key: "roles", title: t("personRoles"), render: (c) => c.roles.map((r) => words.of("personRole", r)).join("、") },
    { key: "kid", title: t("key"), render: (c) => <Digest value={c.kid} /> },
    { key: "until", title: t("validUntil"), render: (c) => <span className="num">{c.notAfter.slice(0, 10)}</span> },
  ];
  return (
    <Panel title={t("keys")}>
      <PagedTable label={t("keys")} columns={columns} rows={rows} rowKey={(c) => c.kid} testId="enrolment-keys" />
    </Panel>
  );
}
