import { Button, Skeleton, Tag } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useWords } from "../../app/words";
import type { RuleDecision, RuleResult } from "../../lib/records";
import { Digest, MemberName } from "../../parts/Names";
import { EmptyState } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { InstantText } from "../../parts/Time";

const tones: Record<RuleResult["result"], string> = { passed: "success", flagged: "warning", refused: "error" };

/** Rules shows what each rule said at each step of a certificate, with the clause it comes from. */
export function Rules({ number }: { number: string }): ReactElement {
  const { t } = useTranslation("certificates");
  const pages = usePages<RuleDecision>(`/v1/certificates/${number}/rules`, {}, 50);
  if (pages.error) return <ProblemBox error={pages.error} onRetry={pages.retry} />;
  if (pages.isLoading) return <Skeleton active />;
  if (pages.items.length === 0 && !pages.hasMore) return <EmptyState title={t("rules.none")} hint={t("rules.noneHint")} />;
  return (
    <div className="stack" data-testid="rules" data-count={pages.items.length}>
      <p className="soft">{t("rules.about")}</p>
      {pages.items.map((d) => (
        <Decision key={d.txId} decision={d} />
      ))}
      {pages.hasMore && (
        <div>
          <Button onClick={pages.more} loading={pages.isFetchingMore}>
            {t("shell:list.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Decision({ decision: d }: { decision: RuleDecision }): ReactElement {
  const { t } = useTranslation("certificates");
  const words = useWords();
  return (
    <section aria-label={words.of("function", d.function)} className="stack-tight">
      <h3 style={{ fontSize: 15 }}>
        {words.of("function", d.function)} <span className="soft small"><MemberName id={d.member} /> · <InstantText at={d.time} /> · {t("rules.pack", { pack: d.pack })}</span>
      </h3>
      <ul className="stack-tight" style={{ listStyle: "none", padding: 0 }}>
        {d.rules.map((r) => (
          <li key={r.rule} className="row" style={{ flexWrap: "nowrap", alignItems: "flex-start" }} data-testid={`rule-${r.rule.toLowerCase()}`} data-result={r.result}>
            <Tag color={tones[r.result]} style={{ flex: "none" }}>
              {words.of("ruleResult", r.result)}
            </Tag>
            <div>
              <div>
                <span className="strong">{words.of("rule", r.rule)}</span> <span className="mono soft">{r.rule}</span>
              </div>
              <div>{r.title}</div>
              <div className="soft small">{r.clause}</div>
              {r.facts.map((f) => (
                <div key={f} className="warn small">
                  {f}
                </div>
              ))}
            </div>
          </li>
        ))}
      </ul>
      <div className="soft small">
        {t("history.tx")} <Digest value={d.txId} />
      </div>
    </section>
  );
}
