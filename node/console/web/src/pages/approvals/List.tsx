import { Segmented, Select } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { usePages } from "../../app/query";
import { type Session, useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { type Proposal, proposalStates } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { standing } from "./turn";

type Box = "mine" | "open" | "all";

/** List are the proposals that wait for this person, those that wait for others, and the decided ones. */
export function List(): ReactElement {
  const { t } = useTranslation("approvals");
  const session = useSession();
  const words = useWords();
  const [params, setParams] = useSearchParams();
  const asked = params.get("box");
  const box: Box = asked === "open" || asked === "all" ? asked : "mine";
  const state = box === "all" ? (params.get("state") ?? "") : "open";
  const pages = usePages<Proposal>("/v1/proposals", { state: state || undefined, member: session.member.id }, 100);
  const rows = box === "mine" ? pages.items.filter((p) => standing(p, session).turn === "mine") : pages.items;
  return (
    <Page title={t("title")} sub={t("sub")} testId="approvals">
      <div className="stack">
        <div className="row">
          <Segmented
            value={box}
            onChange={(v) => setParams(v === "mine" ? {} : { box: String(v) }, { replace: true })}
            options={(["mine", "open", "all"] as const).map((v) => ({ value: v, label: t(`box.${v}`) }))}
            aria-label={t("title")}
            data-testid="approvals-box"
          />
          {box === "all" && (
            <Select
              style={{ minWidth: 150 }}
              aria-label={t("state")}
              data-testid="approvals-state"
              value={state}
              onChange={(v) => setParams(v === "" ? { box } : { box, state: v }, { replace: true })}
              options={[{ value: "", label: t("anyState") }, ...proposalStates.map((s) => ({ value: s, label: words.state("proposal", s) }))]}
            />
          )}
        </div>
        <PagedTable
          label={t(`box.${box}`)}
          columns={columnsOf(session, t, words.of)}
          {...(box === "mine" && rows.length < pages.items.length && !pages.hasMore ? { rows } : { rows, pages })}
          rowKey={(p) => p.id}
          to={(p) => `/approvals/${p.id}`}
          empty={<EmptyState title={t(`none.${box}`)} hint={t(`noneHint.${box}`)} />}
          testId="proposal-list"
        />
      </div>
    </Page>
  );
}

function columnsOf(session: Session, t: (key: string) => string, word: (group: string, key: string) => string): Column<Proposal>[] {
  return [
    { key: "what", title: t("what"), phone: "title", render: (p) => word("function", p.function) },
    { key: "amount", title: t("amount"), end: true, render: (p) => (p.amount === "0.00" ? null : <Money amount={p.amount} />) },
    { key: "by", title: t("by"), render: (p) => (p.member === session.member.id ? p.maker.person : <><MemberName id={p.member} /> · {p.maker.person}</>) },
    { key: "quorum", title: t("quorum"), phone: "hide", render: (p) => word("quorum", p.quorum) },
    { key: "proposed", title: t("proposed"), phone: "hide", render: (p) => <InstantText at={p.proposed} /> },
    { key: "expires", title: t("expires"), render: (p) => (p.state === "open" ? <InstantText at={p.expires} /> : null) },
    { key: "state", title: t("state"), render: (p) => <StateTag kind="proposal" state={p.state} /> },
  ];
}
