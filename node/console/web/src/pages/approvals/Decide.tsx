import { Alert } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { approve } from "../../lib/build";
import { amountIn } from "../../lib/plain";
import type { Proposal } from "../../lib/records";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";
import { batchOf } from "./batch";
import { Said } from "./Result";
import { type Decision, decisionIn } from "./decision";
import { standing } from "./turn";

/** Decide lets the person approve, refuse or withdraw, or says why not. */
export function Decide({ proposal: p }: { proposal: Proposal }): ReactElement | null {
  const { t } = useTranslation("approvals");
  const session = useSession();
  const words = useWords();
  const sign = useSign();
  const [error, setError] = useState<unknown>(null);
  const [said, setSaid] = useState<Decision | null>(null);
  const at = standing(p, session);
  if (at.turn === "over") return null;
  const batch = p.function === "batch:Run" ? batchOf(p.argument) : null;
  const amount = p.argument === "" ? "" : amountIn(p.function, JSON.parse(p.argument) as object);
  const facts = {
    ...(amount !== "" ? { amount } : p.amount !== "0.00" ? { amount: p.amount } : {}),
    lines: [
      { label: t("what"), text: words.of("function", p.function), strong: true },
      { label: t("by"), text: p.maker.person },
      ...(batch ? [{ label: t("batch.count"), text: String(batch.rows.length), strong: true }, { label: t("batch.suppliers"), text: String(batch.bySupplier.length) }] : []),
    ],
  };
  const doApprove = async (): Promise<void> => {
    setError(null);
    try {
      const done = await sign({ ...(await approve(p)), facts, after: <p>{t("afterApprove")}</p> });
      if (done) setSaid(decisionIn(done.outcome));
    } catch (reason) {
      setError(reason);
    }
  };
  const bar = at.turn === "mine" ? undefined : t(`bar.${at.bar ?? "other"}`);
  return (
    <Panel title={t("decide")} testId="proposal-decide">
      <div className="stack">
        <p className="soft">{at.turn === "mine" ? t("decideHint") : bar}</p>
        {p.quorum === "banks" && <Alert type="info" title={t("motion")} />}
        {said && <Said decision={said} />}
        {error !== null && <ProblemBox error={error} />}
        <div className="row">
          <ActionButton label={t("approve")} primary disabled={bar} onClick={() => void doApprove()} testId="proposal-approve" />
          {at.refuses && (
            <ReasonButton label={t("refuse")} about={t("refuseHint")} usual={[t("usual.amount"), t("usual.party"), t("usual.papers")]} danger onReason={(reason) => void sign({ ...call("approval:Refuse", { id: p.id, reason }), facts })} testId="proposal-refuse" />
          )}
          {at.withdraws && <ActionButton label={t("withdraw")} onClick={() => void sign({ ...call("approval:Withdraw", { id: p.id }), facts, note: <p>{t("withdrawHint")}</p> })} testId="proposal-withdraw" />}
        </div>
      </div>
    </Panel>
  );
}
