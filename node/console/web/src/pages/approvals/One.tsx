import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router-dom";
import { PlainWords, usePlainWords } from "../../app/plainly";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import type { Proposal } from "../../lib/records";
import { Facts, Timeline } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { Digest, MemberName } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { BatchView } from "./BatchView";
import { Decide } from "./Decide";
import { Result } from "./Result";
import { batchOf } from "./batch";

/** One is a proposal: what would be done, who made it, who approved it, and the choice. */
export function One(): ReactElement {
  const { t } = useTranslation("approvals");
  const words = useWords();
  const { id = "" } = useParams();
  const read = useRead<Proposal>(`/v1/proposals/${encodeURIComponent(id)}`);
  const p = read.data;
  return (
    <Page
      title={p ? words.of("function", p.function) : t("one")}
      sub={p && <><MemberName id={p.member} /> · {p.maker.person} · <InstantText at={p.proposed} /></>}
      crumbs={[{ title: t("title"), to: "/approvals" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="proposal"
    >
      {p && (
        <div className="stack">
          <What proposal={p} />
          {(p.state === "executed" || p.state === "failed") && <Result proposal={p} />}
          <Decide proposal={p} />
          <People proposal={p} />
        </div>
      )}
    </Page>
  );
}

function What({ proposal: p }: { proposal: Proposal }): ReactElement {
  const { t } = useTranslation("approvals");
  const batch = p.function === "batch:Run" ? batchOf(p.argument) : null;
  if (p.argument === "") {
    return (
      <Panel title={t("was")} testId="proposal-what">
        <div className="stack">
          <div className="row-between">
            {p.amount !== "0.00" ? <Money amount={p.amount} big withCapital /> : <span className="soft">{t("argumentGone")}</span>}
            <StateTag kind="proposal" state={p.state} testId="proposal-state" />
          </div>
          {p.refusal && <Alert type="error" showIcon title={t("refusal", { code: p.refusal })} />}
        </div>
      </Panel>
    );
  }
  if (batch && batch.rows.length > 0) return <BatchView proposal={p} batch={batch} />;
  return <Words proposal={p} />;
}

function Words({ proposal: p }: { proposal: Proposal }): ReactElement {
  const { t } = useTranslation("approvals");
  const plain = usePlainWords(p.function, JSON.parse(p.argument) as object, p.amount === "0.00" ? undefined : { amount: p.amount });
  return (
    <Panel title={t("would")} testId="proposal-what">
      <div className="stack">
        <div className="row-between">
          {plain.amount !== "" ? <Money amount={plain.amount} big withCapital testId="proposal-amount" /> : <span />}
          <StateTag kind="proposal" state={p.state} testId="proposal-state" />
        </div>
        <PlainWords words={plain} />
      </div>
    </Panel>
  );
}

function People({ proposal: p }: { proposal: Proposal }): ReactElement {
  const { t } = useTranslation("approvals");
  const words = useWords();
  const { member } = useSession();
  const who = (a: { member: string; person: string }): ReactElement => <>{a.person}{a.member !== member.id && <> · <MemberName id={a.member} /></>}</>;
  return (
    <Panel title={t("people")}>
      <div className="stack">
        <Facts
          items={[
            { label: t("quorum"), value: words.of("quorum", p.quorum) },
            { label: t("counterparty"), value: p.counterparty && <MemberName id={p.counterparty} withCode link /> },
            { label: t("expires"), value: <InstantText at={p.expires} exact /> },
            { label: t("manifest"), value: <Digest value={p.manifest} /> },
          ]}
        />
        <Timeline
          label={t("people")}
          items={[
            { key: "made", at: p.proposed, title: <>{t("made")} {who(p.maker)}</>, mark: "soft" },
            ...p.approvals.map((a) => ({ key: a.key, at: a.at, title: <>{t("approved")} {who(a)}</> })),
            ...(p.state === "open" ? [{ key: "waits", title: t("waits"), mark: "warn" as const }] : []),
          ]}
        />
      </div>
    </Panel>
  );
}
