import { Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useWords } from "../../app/words";
import type { Outcome } from "../../lib/records";
import { Timeline } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { Digest, MemberName } from "../../parts/Names";
import { EmptyState } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";

/** History is everything that was done to a certificate, oldest first, each with the transaction that anybody can look up. */
export function History({ number }: { number: string }): ReactElement {
  const { t } = useTranslation("certificates");
  const words = useWords();
  const pages = usePages<Outcome>(`/v1/certificates/${number}/history`, {}, 100);
  if (pages.error) return <ProblemBox error={pages.error} onRetry={pages.retry} />;
  if (!pages.isLoading && pages.items.length === 0) return <EmptyState title={t("history.none")} />;
  return (
    <div className="stack" data-testid="history" data-count={pages.items.length}>
      <Timeline
        label={t("tab.history")}
        items={pages.items.map((o) => ({
          key: o.txId,
          at: o.time,
          mark: markOf(o),
          title: (
            <span>
              <span className="strong">{words.of("function", o.function)}</span> {o.member ? <MemberName id={o.member} /> : <span className="soft">{t("history.ledger")}</span>}
            </span>
          ),
          body: (
            <div className="small stack-tight">
              {o.effects.notices.map((n, i) => (
                <span key={i}>
                  {words.of("notice", n.kind)} {n.amount !== "0.00" && <Money amount={n.amount} />}
                </span>
              ))}
              <span>
                {t("history.tx")} <Digest value={o.txId} /> · {t("shell:sign.height", { height: o.height })}
              </span>
            </div>
          ),
        }))}
      />
      {pages.hasMore && (
        <div>
          <Button onClick={pages.more} loading={pages.isFetchingMore} data-testid="load-more">
            {t("shell:list.more")}
          </Button>
        </div>
      )}
    </div>
  );
}

const bad = ["certificate:Reject", "certificate:Void", "certificate:Freeze"];
const warn = ["certificate:Withdraw", "certificate:JudicialTransfer", "certificate:RejectTransfer", "certificate:WithdrawTransfer"];

function markOf(o: Outcome): "good" | "warn" | "bad" | "soft" {
  if (bad.includes(o.function)) return "bad";
  if (warn.includes(o.function)) return "warn";
  return o.member === "" ? "soft" : "good";
}
