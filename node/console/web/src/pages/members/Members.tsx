import { Alert, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Route, useParams } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { usePages, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { isSocialCredit } from "../../lib/number";
import type { Member, SearchHit } from "../../lib/records";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { AddKey } from "./AddKey";
import { One } from "./One";
import { PolicyForm } from "./PolicyForm";
import { RenewKey } from "./RenewKey";

/** Members are the enterprises and institutions on the network. */
export default function Members(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path=":id" element={<Shown />} />
      <Route path=":id/add-key" element={<AddKey />} />
      <Route path=":id/renew/:key" element={<RenewKey />} />
      <Route path=":id/policy" element={<PolicyForm />} />
    </AreaRoutes>
  );
}

function Shown(): ReactElement {
  const { id = "" } = useParams();
  return <One id={id} />;
}

function List(): ReactElement {
  const { t } = useTranslation("members");
  const words = useWords();
  const session = useSession();
  const all = session.viewer.seesAll;
  const [text, setText] = useState("");
  const q = text.trim();
  const pages = usePages<Member>(all ? "/v1/members" : null);
  const hits = useRead<{ items: SearchHit[] }>(all && q.length >= 2 ? "/v1/search" : null, { q });
  const columns: Column<Member>[] = [
    { key: "name", title: t("name"), phone: "title", render: (m) => m.name },
    { key: "code", title: t("code"), render: (m) => <span className="mono">{m.id}</span> },
    { key: "roles", title: t("roles"), render: (m) => m.roles.map((r) => words.of("role", r)).join("、") },
    { key: "class", title: t("class"), phone: "hide", render: (m) => words.of("class", m.class) },
    { key: "sponsor", title: t("sponsor"), phone: "hide", render: (m) => (m.sponsor ? <MemberName id={m.sponsor} /> : <span className="soft">{t("noSponsor")}</span>) },
    { key: "state", title: t("state"), render: (m) => <StateTag kind="member" state={m.state} /> },
  ];
  const found: Column<SearchHit>[] = [
    { key: "name", title: t("name"), phone: "title", render: (h) => h.title },
    { key: "code", title: t("code"), render: (h) => <span className="mono">{h.id}</span> },
  ];
  if (!all) {
    return (
      <Page title={t("title")} testId="members">
        <Alert type="info" showIcon title={t("notAll")} description={<LinkButton to="/people">{t("own")}</LinkButton>} />
      </Page>
    );
  }
  return (
    <Page title={t("title")} sub={t("sub")} actions={session.may("maker") && <LinkButton to="/invitations/new">{t("invite")}</LinkButton>} testId="members">
      <div className="stack">
        <Input.Search allowClear value={text} onChange={(e) => setText(e.target.value)} placeholder={t("search")} aria-label={t("search")} style={{ maxWidth: 420 }} data-testid="member-search" />
        {q.length >= 2 ? (
          <PagedTable
            label={t("title")}
            columns={found}
            rows={(hits.data?.items ?? []).filter((h) => h.kind === "member")}
            rowKey={(h) => h.id}
            to={(h) => `/members/${h.id}`}
            empty={<EmptyState title={t("notFound")} hint={isSocialCredit(q.toUpperCase()) ? t("notFoundCode") : t("notFoundHint")} />}
            testId="member-hits"
          />
        ) : (
          <PagedTable label={t("title")} columns={columns} pages={pages} rowKey={(m) => m.id} to={(m) => `/members/${m.id}`} testId="member-list" />
        )}
      </div>
    </Page>
  );
}
