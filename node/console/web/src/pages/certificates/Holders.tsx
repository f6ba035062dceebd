import { Segmented } from "antd";
import { type ReactElement, Suspense, lazy, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { amountOf } from "../../lib/interval";
import { humanFen } from "../../lib/money";
import type { CertificateView, Holding, Tree } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { DateText } from "../../parts/Time";
import { mostEdges } from "./graph";
import { joined } from "../../parts/joined";

const Graph = lazy(() => import("./Graph"));

/** Holders shows who holds what now, and how it came to them as a tree and as a flow. */
export function Holders({ certificate: c }: { certificate: CertificateView }): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const words = useWords();
  const today = useToday();
  const tree = useRead<Tree>(`/v1/certificates/${c.number}/tree`);
  const [as, setAs] = useState<"tree" | "flow">("tree");
  const stateOf = (h: Holding): string =>
    h.redeemed ? "redeemed" : c.state === "active" && today > (h.claim.payment ?? c.payment) ? "overdue" : c.state;
  const columns: Column<Holding>[] = [
    { key: "owner", title: t("holders.owner"), phone: "title", render: (h) => <span className={h.owner === session.member.id ? "strong" : undefined}><MemberName id={h.owner} /></span> },
    { key: "amount", title: t("facts.amount"), end: true, render: (h) => <Money amount={amountOf(h.interval)} /> },
    { key: "interval", title: t("holders.interval"), phone: "hide", render: (h) => <span className="num soft">{h.interval}</span> },
    { key: "tier", title: t("facts.tier"), end: true, render: (h) => [...new Set(h.tiers.map((s) => s.tier))].sort().join("–") },
    { key: "payment", title: t("facts.payment"), render: (h) => <DateText date={h.claim.payment ?? c.payment} /> },
    { key: "locks", title: t("holders.locks"), render: (h) => (h.locks.length === 0 ? t("holders.free") : joined([...new Set(h.locks.map((l) => words.of("lock", l.kind)))])) },
    { key: "state", title: t("facts.state"), render: (h) => <StateTag kind="holding" state={stateOf(h)} /> },
  ];
  const moves = tree.data?.edges.length ?? 0;
  return (
    <div className="stack">
      <h2 style={{ fontSize: 16 }}>{t("holders.now")}</h2>
      <PagedTable
        label={t("holders.now")}
        columns={columns}
        rows={c.holdings}
        rowKey={(h) => String(h.id)}
        to={(h) => (h.owner === session.member.id ? `/holdings/${c.number}/${h.id}` : null)}
        foot={t("holders.tile", { count: c.holdings.length, face: `¥${humanFen(c.face)}` })}
        testId="certificate-holders"
      />
      <div className="row-between">
        <h2 style={{ fontSize: 16 }}>{t("holders.how")}</h2>
        <Segmented
          value={as}
          onChange={(v) => setAs(v === "flow" ? "flow" : "tree")}
          options={[{ value: "tree", label: t("holders.tree") }, { value: "flow", label: t("holders.flow") }]}
          aria-label={t("holders.how")}
          data-testid="graph-as"
        />
      </div>
      {tree.error ? <ProblemBox error={tree.error} onRetry={tree.retry} /> : null}
      {tree.data && moves === 0 && <EmptyState title={t("holders.none")} />}
      {tree.data && moves > 0 && (
        <>
          {(tree.data.truncated || moves > mostEdges) && <p className="soft">{t("holders.many", { count: mostEdges })}</p>}
          <Suspense fallback={null}>
            <Graph tree={tree.data} as={as} />
          </Suspense>
        </>
      )}
    </div>
  );
}
