import { CheckCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router-dom";
import { useNames, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { parseFen, sumFen } from "../../lib/money";
import type { AccountsPage, Page as List, PaymentOrder, RunView } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { Figure, Page, Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";
import { Confirm } from "./Confirm";
import { owedOf } from "./Desk";
import { Export } from "./Export";
import { Instruct } from "./Instruct";
import { Legs } from "./Legs";
import { Reading } from "./Reading";
import { Reconcile } from "./Reconcile";
import { Sums } from "./Sums";

/** Run is the clearing of what one debtor owes on one day. A bank works through it step by step. */
export function Run(): ReactElement {
  const { t } = useTranslation("clearing");
  const { id = "" } = useParams();
  const read = useRead<RunView>(`/v1/runs/${encodeURIComponent(id)}`);
  const today = useToday();
  const run = read.data;
  const name = useNames([run?.debtor])(run?.debtor ?? "");
  return (
    <Page
      title={run ? t("run.title", { debtor: name, day: run.payment }) : t("run.short")}
      sub={run && <span className="row"><StateTag kind="run" state={run.state} testId="run-state" /><DateText date={run.payment} from={today || undefined} /><MemberName id={run.debtor} withCode link /></span>}
      crumbs={[{ title: t("title"), to: "/clearing" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="run"
    >
      {run && <Body run={run} />}
    </Page>
  );
}

function Body({ run }: { run: RunView }): ReactElement {
  const { t } = useTranslation("clearing");
  const { is } = useSession();
  return (
    <div className="stack">
      {run.whole ? <Places run={run} /> : <p className="soft">{t("run.partOnly")}</p>}
      {is("funder") && <Steps run={run} />}
      <Panel title={t("sums.title")} testId="run-sums"><Sums totals={run.totals} /></Panel>
      <Panel title={t("legs.title")} testId="run-legs"><Legs run={run} /></Panel>
      {run.funds.length > 0 && <Rounds run={run} />}
    </div>
  );
}

/** Places says where the fen of the run are; together they are what the debtor owed on the day. */
function Places({ run }: { run: RunView }): ReactElement {
  const { t } = useTranslation("clearing");
  const places = (["open", "live", "returned", "waiting", "aside", "paid"] as const).filter(
    (p) => p === "open" || p === "live" || p === "paid" || parseFen(run.tally[p]) > 0n,
  );
  return (
    <div className="grid" data-testid="run-places">
      <Figure label={t("tally.owed")} value={<Money amount={owedOf(run.tally)} />} note={t("run.certificates", { count: run.certificates })} accent testId="tally-owed" />
      {places.map((p) => (
        <Figure key={p} label={t(`tally.${p}`)} value={<Money amount={run.tally[p]} />} note={t(`tally.note.${p}`)} testId={`tally-${p}`} />
      ))}
    </div>
  );
}

const steps = ["confirm", "instruct", "export", "read", "reconcile"] as const;
type Step = (typeof steps)[number];

/** Steps is a bank's part of the run: the payer's bank from the funds on, the payee's bank its messages and statements. */
function Steps({ run }: { run: RunView }): ReactElement | null {
  const { t } = useTranslation("clearing");
  const { member } = useSession();
  const [chosen, setChosen] = useState<Step | null>(null);
  const accounts = useRead<AccountsPage>(`/v1/members/${run.debtor}/accounts`, { limit: 200 });
  const orders = useRead<List<PaymentOrder>>(`/v1/runs/${encodeURIComponent(run.id)}/payment-orders`);
  const here = (accounts.data?.items ?? []).filter((a) => a.bank === member.id && a.state === "confirmed").map((a) => a.id);
  const paying = run.totals.filter((x) => x.payerBank === member.id);
  const receiving = run.totals.some((x) => x.payeeBank === member.id);
  const sum = (state: string): number => paying.filter((x) => x.state === state && x.payeeBank !== "").reduce((n, x) => n + x.count, 0);
  const payer = here.length > 0 || paying.length > 0;
  if (!payer && !receiving) return null;
  const ordered = (orders.data?.items ?? []).reduce((n, o) => n + o.count, 0);
  const usual: Step = !payer
    ? "read"
    : sum("agreed") > 0
      ? "instruct"
      : run.state === "open" && parseFen(run.tally.open) > 0n && sum("instructed") === 0 && sum("accepted") === 0
        ? "confirm"
        : sum("instructed") > 0 && ordered === 0
          ? "export"
          : sum("instructed") + sum("accepted") > 0
            ? "read"
            : "reconcile";
  const step = chosen ?? usual;
  const done: Record<Step, boolean> = {
    confirm: run.rounds > 0,
    instruct: paying.length > 0 && sum("agreed") === 0,
    export: ordered > 0,
    read: paying.length > 0 && sum("agreed") + sum("instructed") + sum("accepted") === 0,
    reconcile: false,
  };
  return (
    <Panel title={t("steps.title")} testId="run-steps">
      <div className="stack">
        <div className="row" role="group" aria-label={t("steps.title")}>
          {steps
            .filter((s) => payer || s === "read" || s === "reconcile")
            .map((s, i) => (
              <Button key={s} type={s === step ? "primary" : "default"} aria-pressed={s === step} icon={done[s] ? <CheckCircleOutlined aria-label={t("steps.done")} /> : undefined} onClick={() => setChosen(s)} data-testid={`step-${s}`}>
                {i + 1} {t(`steps.${s}`)}
              </Button>
            ))}
        </div>
        <p className="soft">{t(`steps.about.${step}`)}</p>
        {step === "confirm" && <Confirm run={run} accounts={here} onDone={() => setChosen(null)} />}
        {step === "instruct" && <Instruct run={run} onRefused={() => setChosen("instruct")} />}
        {step === "export" && <Export run={run} orders={orders} onWritten={() => setChosen("export")} />}
        {step === "read" && <Reading runs={[run.id]} onRead={() => setChosen("read")} />}
        {step === "reconcile" && <Reconcile run={run.id} onCompared={() => setChosen("reconcile")} />}
      </div>
    </Panel>
  );
}

function Rounds({ run }: { run: RunView }): ReactElement {
  const { t } = useTranslation("clearing");
  return (
    <Panel title={t("rounds.title")} testId="run-rounds">
      <PagedTable
        label={t("rounds.title")}
        columns={[
          { key: "number", title: t("rounds.number"), phone: "title", render: (r) => t("rounds.round", { number: r.number }) },
          { key: "bank", title: t("rounds.bank"), render: (r) => <MemberName id={r.bank} /> },
          { key: "account", title: t("account"), render: (r) => r.account },
          { key: "funds", title: t("rounds.funds"), end: true, render: (r) => <Money amount={r.funds} /> },
          { key: "claims", title: t("rounds.claims"), end: true, render: (r) => <Money amount={r.claims} /> },
          { key: "legs", title: t("rounds.legs"), end: true, render: (r) => (r.done ? String(r.legs) : t("rounds.dividing", { count: r.legs })) },
          { key: "at", title: t("rounds.at"), render: (r) => <InstantText at={r.signed.at} /> },
        ]}
        rows={run.funds}
        rowKey={(r) => String(r.number)}
        foot={run.funds.length > 1 ? <div className="num-right">{t("rounds.sum")} <Money amount={sumFen(run.funds.map((f) => parseFen(f.funds)))} /></div> : undefined}
      />
    </Panel>
  );
}
