import { Alert, Progress, Skeleton } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import type { CertificateRow, Proposal } from "../../lib/records";
import { Digest } from "../../parts/Names";
import { LinkButton, Panel } from "../../parts/Page";
import { InstantText } from "../../parts/Time";
import { type BatchResult, type Decision, batchResultIn, decisionOf } from "./decision";

/** Result is what became of an approved proposal, looked up by the transaction that decided it. */
export function Result({ proposal: p }: { proposal: Proposal }): ReactElement {
  const { t } = useTranslation("approvals");
  const session = useSession();
  const node = useStatus().data;
  const found = useQuery({
    queryKey: ["decision", session.identity.kid, p.id],
    queryFn: async () => (node ? decisionOf(session.api, p, node) : null),
    enabled: node !== undefined && p.state !== "open",
    staleTime: Infinity,
  });
  return (
    <Panel title={t("decided")} testId="proposal-result">
      {found.isLoading ? <Skeleton active paragraph={{ rows: 2 }} /> : found.data ? <Said decision={found.data} /> : <p className="soft">{t("notFound")}</p>}
    </Panel>
  );
}

/** Said shows what the last approval returned. */
export function Said({ decision: d }: { decision: Decision }): ReactElement {
  const { t } = useTranslation("approvals");
  const batch = batchResultIn(d.result);
  const made = d.result as { certificate?: string; id?: string } | undefined;
  return (
    <div className="stack">
      {d.state === "open" && <Alert type="info" showIcon title={t("stillOpen")} />}
      {d.code && <Alert type="error" showIcon title={t("refusal", { code: d.code })} description={d.detail} />}
      {d.state === "executed" && !batch && <Alert type="success" showIcon title={t("executed")} />}
      {batch && <BatchOutcome result={batch} decision={d} />}
      {made?.certificate && <div><LinkButton to={`/certificates/${made.certificate}`} testId="proposal-certificate">{t("toCertificate")}</LinkButton></div>}
      <div className="soft small">
        {t("transaction")} <Digest value={d.outcome.txId} /> · <InstantText at={d.outcome.time} exact />
      </div>
    </div>
  );
}

/** BatchOutcome counts what was issued and refused, and how far the suppliers are with accepting. */
function BatchOutcome({ result, decision }: { result: BatchResult; decision: Decision }): ReactElement {
  const { t } = useTranslation("approvals");
  const words = useWords();
  const refused = result.items.map((item, i) => ({ ...item, place: i + 1 })).filter((i) => i.code !== "OK");
  return (
    <div className="stack">
      <div className="row" data-testid="batch-outcome" data-accepted={result.accepted} data-refused={result.refused}>
        <span className="good strong">{t("batch.issued", { count: result.accepted })}</span>
        {result.refused > 0 && <span className="bad strong">{t("batch.refused", { count: result.refused })}</span>}
      </div>
      {refused.length > 0 && (
        <ul className="stack-tight" aria-label={t("batch.refused", { count: refused.length })} style={{ paddingLeft: 18 }}>
          {refused.map((i) => (
            <li key={i.place}>
              {t("batch.place", { place: i.place })}: <span className="mono">{i.code}</span> {i.rule && <>{words.of("rule", i.rule)} </>}<span className="soft">{i.detail}</span>
            </li>
          ))}
        </ul>
      )}
      <Accepting rows={decision.outcome.effects.certificates} />
    </div>
  );
}

const most = 5_000;

function Accepting({ rows }: { rows: CertificateRow[] }): ReactElement | null {
  const { t } = useTranslation("approvals");
  const words = useWords();
  const { api, member, identity } = useSession();
  const numbers = new Set(rows.map((r) => r.number));
  const now = useQuery({
    queryKey: ["read", identity.kid, "accepting", member.id, rows[0]?.number ?? ""],
    queryFn: async ({ signal }) => (await api.all<CertificateRow>("/v1/certificates", { debtor: member.id }, most, signal)).filter((c) => numbers.has(c.number)),
    enabled: rows.length > 0 && rows[0]?.debtor === member.id,
    staleTime: 5_000,
  });
  const found = now.data ?? [];
  if (found.length === 0) return null;
  const states = new Map<string, number>();
  for (const c of found) states.set(c.state, (states.get(c.state) ?? 0) + 1);
  const accepted = found.filter((c) => !["issued", "rejected", "withdrawn", "lapsed", "void"].includes(c.state)).length;
  return (
    <div className="stack-tight" data-testid="batch-accepting">
      <Progress percent={Math.round((100 * accepted) / found.length)} format={() => `${accepted}/${found.length}`} aria-label={t("batch.accepting")} />
      <div className="row soft">
        {[...states].map(([state, count]) => <span key={state}>{words.state("certificate", state)} {count}</span>)}
        <Link to="/certificates?view=owed">{t("batch.seeAll")}</Link>
      </div>
    </div>
  );
}
