import { Skeleton } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router-dom";
import { useRead, useToday } from "../../app/query";
import { useWords } from "../../app/words";
import type { Pack } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money, RateText } from "../../parts/Money";
import { Labelled } from "../../parts/Labelled";
import { Page, Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { DateInput, DateText } from "../../parts/Time";
import { parametersOf, rules } from "./parameters";

/** Rules is the rule pack in force on a day, rule by rule, with the clause of each. */
export default function Rules(): ReactElement {
  const { t } = useTranslation("rules");
  const today = useToday();
  const [params, setParams] = useSearchParams();
  const day = params.get("day") ?? "";
  const read = useRead<Pack>("/v1/rules/pack", { date: day });
  return (
    <Page title={t("title")} sub={t("sub")} testId="rules">
      <div className="stack">
        <div className="grid">
          <Labelled text={t("day")}>
            <DateInput value={day || today} onChange={(d) => setParams(d ? { day: d } : {}, { replace: true })} label={t("day")} testId="rules-day" />
          </Labelled>
        </div>
        {read.error ? <ProblemBox error={read.error} onRetry={read.retry} /> : null}
        {read.isLoading && <div className="panel"><Skeleton active paragraph={{ rows: 8 }} /></div>}
        {read.data && <Body pack={read.data} day={day || today} />}
      </div>
    </Page>
  );
}

function Body({ pack, day }: { pack: Pack; day: string }): ReactElement {
  const { t } = useTranslation("rules");
  return (
    <div className="stack">
      <Panel title={t("pack", { ordinal: pack.ordinal, day })} testId="rule-pack">
        <Facts
          items={[
            { label: t("effective"), value: <DateText date={pack.effective} /> },
            { label: t("source"), value: pack.source },
            { label: t("holidays"), value: pack.holidays.length > 0 ? pack.holidays.join("、") : t("builtIn"), wide: true },
            { label: t("workdays"), value: pack.workdays.length > 0 ? pack.workdays.join("、") : null, wide: true },
          ]}
        />
      </Panel>
      <Panel title={t("rules")} testId="rule-list"><RuleList pack={pack} /></Panel>
      <Panel title={t("lpr")}>
        <PagedTable label={t("lpr")} columns={[{ key: "from", title: t("from"), phone: "title", render: (l) => <DateText date={l.from} /> }, { key: "rate", title: t("rate"), end: true, render: (l) => <RateText rate={l.rate} /> }]} rows={[...pack.lpr].reverse()} rowKey={(l) => l.from} testId="lpr" />
      </Panel>
    </div>
  );
}

function RuleList({ pack }: { pack: Pack }): ReactElement {
  const { t } = useTranslation("rules");
  const words = useWords();
  return (
    <PagedTable<(typeof rules)[number]>
      label={t("rules")}
      columns={[
        { key: "rule", title: t("rule"), phone: "title", width: "20%", render: (r) => <><span className="strong">{words.of("rule", r)}</span><div className="soft small mono">{r}</div></> },
        { key: "asks", title: t("asks"), render: (r) => <>{t(`asksOf.${r}`)}<div className="soft small">{t(`clause.${r}`)}</div></> },
        {
          key: "parameters",
          title: t("parameters"),
          width: "30%",
          render: (r) => {
            const list = parametersOf(r, pack);
            return list.length === 0 ? (
              <span className="soft">{t("none")}</span>
            ) : (
              <div className="stack-tight">
                {list.map((p) => (
                  <div key={p.key}>
                    <span className="soft">{t(`parameter.${p.key}`)}</span>{" "}
                    {p.unit === "money" ? <Money amount={p.value} /> : p.unit === "percent" ? <RateText rate={p.value} /> : p.unit === "flag" ? t(p.value === "true" ? "needed" : "notNeeded") : <span className="num">{t(`unit.${p.unit}`, { value: p.value })}</span>}
                  </div>
                ))}
              </div>
            );
          },
        },
      ]}
      rows={[...rules]}
      rowKey={(r) => r}
      testId="rule-rows"
    />
  );
}
