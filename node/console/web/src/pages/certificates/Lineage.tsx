import { Button, Form } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useWords } from "../../app/words";
import { amountOf } from "../../lib/interval";
import { type Fen, parseFen } from "../../lib/money";
import type { LineageMove } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { Timeline } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { Digest, MemberName } from "../../parts/Names";
import { EmptyState } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";

/** Lineage follows one fen of a certificate, named by its place, from the debtor to whoever has it now; or lists all moves. */
export function Lineage({ number, face }: { number: string; face: string }): ReactElement {
  const { t } = useTranslation("certificates");
  const words = useWords();
  const [place, setPlace] = useState<Fen | null>(null);
  const [fen, setFen] = useState<Fen | null>(null);
  const most = parseFen(face);
  const pages = usePages<LineageMove>(`/v1/certificates/${number}/lineage`, fen === null ? {} : { fen: String(fen) }, 100);
  const fits = place !== null && place > 0n && place <= most;
  return (
    <div className="stack">
      <p className="soft">{t("lineage.about")}</p>
      <Form layout="vertical" onFinish={() => fits && setFen(place)}>
        <div className="row" style={{ alignItems: "flex-start" }}>
          <div style={{ width: 240 }}>
            <AmountInput value={place} onChange={setPlace} max={most} label={t("lineage.place")} testId="lineage-place" />
          </div>
          <Button htmlType="submit" disabled={!fits} data-testid="lineage-follow">
            {t("lineage.follow")}
          </Button>
          {fen !== null && (
            <Button type="link" onClick={() => { setFen(null); setPlace(null); }} data-testid="lineage-all">
              {t("lineage.all")}
            </Button>
          )}
        </div>
      </Form>
      {fen !== null && <p className="strong">{t("lineage.following", { place: String(fen) })}</p>}
      {pages.error ? <ProblemBox error={pages.error} onRetry={pages.retry} /> : null}
      {!pages.isLoading && !pages.error && pages.items.length === 0 && <EmptyState title={t("lineage.none")} />}
      <div data-testid="lineage" data-count={pages.items.length}>
        <Timeline
          label={t("tab.lineage")}
          items={pages.items.map((m, i) => ({
            key: `${m.txId}/${m.interval}/${i}`,
            at: m.time,
            mark: m.kind === "judicial" || m.kind === "unredeem" || m.kind === "recourse" ? "warn" : "good",
            title: (
              <span>
                <span className="strong">{words.of("move", m.kind)}</span> <MemberName id={m.from} /> → <MemberName id={m.to} /> <Money amount={amountOf(m.interval)} />
              </span>
            ),
            body: (
              <span className="small">
                {t("lineage.fen")} <span className="num">{m.interval}</span> · {t("holders.tierIs", { tier: m.tier })} · <Digest value={m.txId} />
              </span>
            ),
          }))}
        />
      </div>
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
