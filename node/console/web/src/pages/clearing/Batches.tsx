import { Alert } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { fenText, humanFen, parseFen, sumFen } from "../../lib/money";
import { needsProposal } from "../../lib/build";
import type { MessageReading, ReadyBatch } from "../../lib/records";
import { Money } from "../../parts/Money";
import { ActionButton } from "../../parts/ReasonButton";
import { Refused, type RefusedLeg } from "./Refused";
import { refusedOf } from "./desk";

type Outcome = "done" | "waits";

/** Batches has the bank sign what its messages say, turn by turn: a return follows its credit. */
export function Batches({ reading, onAgain }: { reading: MessageReading; onAgain: () => void }): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const sign = useSign();
  const [outcomes, setOutcomes] = useState<Record<number, Outcome>>({});
  const [refused, setRefused] = useState<RefusedLeg[]>([]);
  const { batches, items } = reading;
  const finished = batches.length > 0 && batches.every((_, i) => outcomes[i] === "done");
  if (batches.length === 0) {
    return <Alert type={reading.totals.exceptions > 0 ? "warning" : "success"} showIcon title={t("batch.none")} description={t(reading.totals.exceptions > 0 ? "batch.exceptionsHint" : "batch.noneHint")} data-testid="batches-none" />;
  }
  const offOf = (b: ReadyBatch, i: number): string | undefined => {
    if (!session.may("maker")) return t("onlyMaker");
    if (outcomes[i]) return t(outcomes[i] === "done" ? "batch.done" : "batch.waits");
    const before = batches.some((other, j) => other.turn < b.turn && outcomes[j] !== "done");
    return before ? t("batch.before") : undefined;
  };
  const says = (b: ReadyBatch): { word: string; count: number; amount: bigint }[] => {
    const of = b.items.map((i) => items[i]).filter((i) => i !== undefined);
    return [...new Set(of.map((i) => i.reason.code))].map((word) => {
      const same = of.filter((i) => i.reason.code === word);
      return { word, count: same.length, amount: sumFen(same.map((i) => parseFen(i.amount))) };
    });
  };
  const send = async (b: ReadyBatch, at: number): Promise<void> => {
    const parts = says(b);
    const amount = sumFen(parts.map((p) => p.amount));
    const done = await sign({
      function: b.function,
      argument: b.argument,
      title: t("batch.title", { count: b.items.length }),
      facts: { ...(amount > 0n ? { amount: fenText(amount) } : {}), lines: parts.map((p) => ({ label: t(`read.count.${p.word}`), text: `${p.count} · ¥${humanFen(p.amount)}`, strong: true })) },
      propose: needsProposal("clearing:Report", amount, session.viewer.policy) === "checker",
      after: <p>{t("batch.after")}</p>,
    });
    if (!done) return;
    setOutcomes((was) => ({ ...was, [at]: done.proposal ? "waits" : "done" }));
    const found = refusedOf(done.result).map((r) => ({ leg: items[b.items[r.place] ?? -1]?.leg ?? "", code: r.code, detail: r.detail }));
    setRefused((was) => [...was, ...found]);
  };
  return (
    <div className="stack" data-testid="batches">
      <p className="strong">{t("batch.about", { count: batches.length })}</p>
      {batches.map((b, i) => (
        <div key={i} className="row-between" data-turn={b.turn}>
          <div>
            <div className="strong">{t("batch.number", { number: i + 1, count: b.items.length })}</div>
            {says(b).map((p) => (
              <div key={p.word} className="soft">
                {t(`read.count.${p.word}`)} {p.count} · <Money amount={p.amount} />
              </div>
            ))}
          </div>
          <ActionButton label={outcomes[i] ? t(outcomes[i] === "done" ? "batch.done" : "batch.waits") : t("batch.sign")} primary={!outcomes[i]} disabled={offOf(b, i)} onClick={() => void send(b, i)} testId={`batch-sign-${i + 1}`} />
        </div>
      ))}
      <Refused list={refused} />
      {finished && (
        <Alert type="success" showIcon title={t("batch.finished")} description={t("batch.finishedHint")} action={<ActionButton label={t("read.again")} onClick={onAgain} testId="batches-again" />} data-testid="batches-finished" />
      )}
    </div>
  );
}
