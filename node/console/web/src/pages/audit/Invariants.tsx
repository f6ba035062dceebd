import { CheckCircleOutlined, ExclamationCircleOutlined, QuestionCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useStatus } from "../../app/query";
import { humanFen } from "../../lib/money";
import type { NodeStatus, NoPooling, Totals } from "../../lib/records";
import { Copy } from "../../parts/Names";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Sub } from "./Sub";
import { sumsAgree } from "./sums";

const full = "scf check";

/** Invariants is what this node can say by itself, and how the whole proof is made on a copy of its data. */
export function Invariants(): ReactElement {
  const { t } = useTranslation("audit");
  const [asked, setAsked] = useState(false);
  const status = useStatus(5_000);
  const pooling = useRead<NoPooling>(asked ? "/v1/reports/no-pooling" : null, {}, { fresh: 60_000 });
  const totals = useRead<Totals>("/v1/totals");
  const n = totals.data?.network;
  const sums = n ? sumsAgree(n) : null;
  return (
    <Page title={t("invariants.title")} sub={t("invariants.sub")} crumbs={[{ title: t("title"), to: "/audit" }]} testId="invariants">
      <Sub />
      <div className="stack">
        <Panel title={t("invariants.here")}>
          <div className="stack">
            <Said is={null} title={t("invariants.root.title")} testId="invariant-root">
              {status.data && <Root status={status.data} />}
            </Said>
            <Said is={sums ? sums.agree : null} title={t("invariants.sums.title")} testId="invariant-sums">
              {sums && t(sums.agree ? "invariants.sums.agree" : "invariants.sums.differ", { face: humanFen(sums.face), open: humanFen(sums.open), redeemed: humanFen(sums.redeemed) })}
            </Said>
            <Said is={pooling.data ? pooling.data.holds : null} title={t("invariants.pooling.title")} testId="invariant-pooling">
              {pooling.data
                ? t(pooling.data.holds ? "invariants.pooling.holds" : "invariants.pooling.not", { settlements: pooling.data.settlements, advices: pooling.data.advices, findings: pooling.data.findings.length })
                : t("invariants.pooling.about")}
              <div className="row" style={{ marginTop: 8 }}>
                {!pooling.data && <Button loading={pooling.isLoading && asked} onClick={() => setAsked(true)} data-testid="prove-pooling">{t("invariants.pooling.prove")}</Button>}
                {pooling.data && <LinkButton to="/reports/no-pooling">{t("invariants.pooling.report")}</LinkButton>}
              </div>
            </Said>
            {totals.error ? <ProblemBox error={totals.error} onRetry={totals.retry} /> : null}
            {pooling.error ? <ProblemBox error={pooling.error} onRetry={pooling.retry} /> : null}
          </div>
        </Panel>
        <Panel title={t("invariants.full")} testId="invariants-full">
          <div className="stack">
            <p>{t("invariants.fullAbout")}</p>
            <div className="row"><code className="mono">{full}</code><Copy text={full} label={t("invariants.copy")} /></div>
            <p className="soft">{t("invariants.proves")}</p>
          </div>
        </Panel>
      </div>
    </Page>
  );
}

function Root({ status }: { status: NodeStatus }): ReactElement {
  const { t } = useTranslation("audit");
  const compare = `curl -s NODE/v1/status?height=${status.height}`;
  return (
    <>
      {t("invariants.root.about", { height: status.height })} <span className="mono">{status.appHash}</span> <Copy text={status.appHash} />
      <div className="soft small">{t("invariants.root.compare")} <span className="mono">{compare}</span> <Copy text={compare} /></div>
    </>
  );
}

function Said({ is, title, testId, children }: { is: boolean | null; title: string; testId: string; children: ReactNode }): ReactElement {
  const { t } = useTranslation("audit");
  return (
    <div className="row" style={{ alignItems: "flex-start", flexWrap: "nowrap" }} data-testid={testId} data-holds={is === null ? "unknown" : String(is)}>
      {is === null ? <QuestionCircleOutlined className="soft" aria-label={t("invariants.unknown")} /> : is ? <CheckCircleOutlined className="good" aria-label={t("invariants.holds")} /> : <ExclamationCircleOutlined className="bad" aria-label={t("invariants.broken")} />}
      <div style={{ minWidth: 0 }}>
        <div className="strong">{title}</div>
        <div className="soft">{children}</div>
      </div>
    </div>
  );
}
