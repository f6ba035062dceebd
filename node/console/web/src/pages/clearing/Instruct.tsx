import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { batches, maxBatchItems, needsProposal } from "../../lib/build";
import { fenText, humanFen, parseFen, sumFen } from "../../lib/money";
import type { RunView, Settlement } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { Refused, type RefusedLeg } from "./Refused";
import { refusedOf } from "./desk";

/** Instruct has the bank sign that it pays all legs that were computed: in one transaction, or in several when there are very many. */
export function Instruct({ run, onRefused }: { run: RunView; onRefused: () => void }): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const sign = useSign();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [refused, setRefused] = useState<RefusedLeg[]>([]);
  const me = session.member.id;
  const waiting = run.totals.filter((x) => x.payerBank === me && x.state === "agreed" && x.payeeBank !== "");
  const names = useNames(waiting.map((x) => x.payeeBank));
  const count = waiting.reduce((n, x) => n + x.count, 0);
  const amount = sumFen(waiting.map((x) => parseFen(x.amount)));
  const off = !session.may("maker") ? t("onlyMaker") : count === 0 ? t(run.rounds === 0 ? "instruct.noFunds" : "instruct.nothing") : undefined;
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    setRefused([]);
    try {
      const path = `/v1/runs/${encodeURIComponent(run.id)}/legs`;
      const all = await session.api.all<Settlement>(path, { state: "agreed", payerBank: me }, 50_000);
      const legs = all.filter((l) => l.payeeAccount !== "");
      const parts = batches(legs.map((l) => call("settlement:Instruct", { id: l.id })));
      const found: RefusedLeg[] = [];
      for (const [i, part] of parts.entries()) {
        const of = legs.slice(i * maxBatchItems, (i + 1) * maxBatchItems);
        const done = await sign({
          ...part,
          title: parts.length > 1 ? t("instruct.part", { part: i + 1, of: parts.length }) : t("instruct.titleAll", { count: of.length }),
          facts: { amount: fenText(sumFen(of.map((l) => parseFen(l.amount)))), lines: byBank(of, names) },
          propose: needsProposal("settlement:Instruct", amount, session.viewer.policy) === "checker",
          note: <p className="warn">{t("instruct.noWayBack")}</p>,
          after: <p>{t("instruct.after")}</p>,
        });
        if (!done) break;
        found.push(...refusedOf(done.result).map((r) => ({ leg: of[r.place]?.id ?? "", code: r.code, detail: r.detail })));
      }
      setRefused(found);
      if (found.length > 0) onRefused();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack">
      {count > 0 && (
        <Facts
          testId="instruct-facts"
          items={[
            { label: t("instruct.count"), value: String(count) },
            { label: t("amount"), value: <span className="strong"><Money amount={amount} testId="instruct-amount" /></span> },
            ...waiting.map((x) => ({ label: names(x.payeeBank), value: <>{t("sums.number", { count: x.count })} · <Money amount={x.amount} /></> })),
          ]}
        />
      )}
      {off && <p className="soft">{off}</p>}
      <div>
        <ActionButton label={count > 0 ? t("instruct.all", { count }) : t("instruct.allNone")} primary busy={busy} disabled={off} onClick={() => void send()} testId="instruct-all" />
      </div>
      {error !== null && <ProblemBox error={error} />}
      <Refused list={refused} />
    </div>
  );
}

function byBank(legs: Settlement[], names: (id: string) => string): { label: string; text: string }[] {
  return [...new Set(legs.map((l) => l.payeeBank))].map((bank) => {
    const of = legs.filter((l) => l.payeeBank === bank);
    return { label: names(bank), text: `${of.length} · ¥${humanFen(sumFen(of.map((l) => parseFen(l.amount))))}` };
  });
}
