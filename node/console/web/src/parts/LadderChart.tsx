import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { type Fen, humanFen, parseFen } from "../lib/money";
import { colours, series } from "../app/theme";
import { Chart } from "./Chart";

/** One step of a ladder: a day or a month. */
export interface Step {
  /** yyyy-mm or yyyy-mm-dd. */
  at: string;
  amount: string;
  /** Not certain yet: what waits for acceptance. */
  awaiting?: string;
  count: number;
  /** The day is past and it was not paid. */
  late?: boolean;
}

interface LadderProps {
  label: string;
  steps: Step[];
  /** A step was chosen. */
  onSelect?: (at: string) => void;
  height?: number;
  testId?: string;
}

/** scale turns fen into a number for the length of a bar; the amount itself is shown from the fen. */
const scale = (fen: Fen): number => Number(fen) / 100;

/** LadderChart shows when how much falls due. */
export default function LadderChart({ label, steps, onSelect, height = 240, testId }: LadderProps): ReactElement {
  const { t } = useTranslation("value");
  const some = steps.some((s) => s.awaiting && s.awaiting !== "0.00");
  const bar = (of: (s: Step) => string, colour: (s: Step) => string) =>
    steps.map((s) => ({ value: scale(parseFen(of(s))), text: humanFen(of(s)), itemStyle: { color: colour(s) } }));
  const shown = (params: unknown): string => {
    const list = (Array.isArray(params) ? params : [params]) as { name: string; seriesName: string; data: { text: string } }[];
    return [list[0]?.name ?? "", ...list.map((p) => `${p.seriesName} ¥${p.data.text}`)].join("\n");
  };
  return (
    <Chart
      label={label}
      height={height}
      testId={testId}
      onSelect={onSelect ? (event) => onSelect(event.name) : undefined}
      table={{
        columns: [t("ladder.when"), t("ladder.amount"), ...(some ? [t("ladder.awaiting")] : []), t("ladder.count")],
        rows: steps.map((s) => [s.at, `¥${humanFen(s.amount)}`, ...(some ? [`¥${humanFen(s.awaiting ?? "0.00")}`] : []), String(s.count)]),
      }}
      option={{
        tooltip: { trigger: "axis", formatter: shown },
        legend: some ? { top: 0, right: 0, data: [t("ladder.amount"), t("ladder.awaiting")] } : undefined,
        xAxis: { type: "category", data: steps.map((s) => s.at), axisTick: { show: false }, axisLine: { lineStyle: { color: colours.line } }, axisLabel: { hideOverlap: true, color: colours.textSoft } },
        yAxis: { type: "value", splitNumber: 3, splitLine: { lineStyle: { color: colours.line } }, axisLabel: { color: colours.textSoft, formatter: (v: number) => short(v, t("ladder.unit")) } },
        series: [
          { type: "bar", name: t("ladder.amount"), stack: "sum", barMaxWidth: 36, color: series[0], data: bar((s) => s.amount, (s) => (s.late ? colours.bad : series[0])) },
          ...(some ? [{ type: "bar" as const, name: t("ladder.awaiting"), stack: "sum", barMaxWidth: 36, color: series[1], data: bar((s) => s.awaiting ?? "0.00", () => series[1]) }] : []),
        ],
      }}
    />
  );
}

/** short writes a number of yuan at an axis: in ten thousands in Chinese, in thousands in English. */
function short(yuan: number, unit: string): string {
  const by = unit === "万" ? 10_000 : 1_000;
  return yuan === 0 ? "0" : yuan < by ? String(yuan) : `${(yuan / by).toLocaleString("en", { maximumFractionDigits: 1 })} ${unit}`;
}
