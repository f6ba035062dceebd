import { Button } from "antd";
import { BarChart, GraphChart, HeatmapChart, LineChart, PieChart, SankeyChart, TreeChart } from "echarts/charts";
import {
  AriaComponent,
  CalendarComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapComponent,
} from "echarts/components";
import { type EChartsType, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import type { EChartsOption } from "echarts/types/dist/shared";
import { type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { colours, series } from "../app/theme";

use([
  BarChart,
  GraphChart,
  HeatmapChart,
  LineChart,
  PieChart,
  SankeyChart,
  TreeChart,
  AriaComponent,
  CalendarComponent,
  DatasetComponent,
  GridComponent,
  LegendComponent,
  MarkLineComponent,
  TitleComponent,
  TooltipComponent,
  VisualMapComponent,
  SVGRenderer,
]);

interface ChartProps {
  /** What the picture shows, in one sentence. */
  label: string;
  option: EChartsOption;
  height?: number;
  /** The same numbers as a table, for people who cannot see the picture; the first cell of a row is its heading. */
  table: { columns: ReactNode[]; rows: ReactNode[][] };
  /** A part of the picture was chosen. */
  onSelect?: (event: { name: string; seriesName?: string; dataIndex: number; data: unknown }) => void;
  testId?: string;
}

const still = window.matchMedia("(prefers-reduced-motion: reduce)");

/** Chart draws with ECharts as SVG, with tooltips of text alone, and has a table with the same numbers. */
export function Chart({ label, option, height = 280, table, onSelect, testId }: ChartProps): ReactElement {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const select = useRef(onSelect);
  select.current = onSelect;
  const [asTable, setAsTable] = useState(false);

  useEffect(() => {
    const element = box.current;
    if (!element || asTable) return undefined;
    const made = init(element, null, { renderer: "svg" });
    chart.current = made;
    made.on("click", (event) => {
      select.current?.({
        name: event.name,
        seriesName: event.seriesName,
        dataIndex: event.dataIndex,
        data: event.data,
      });
    });
    const watch = new ResizeObserver(() => made.resize());
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, [asTable]);

  useEffect(() => {
    chart.current?.setOption(withLook(option), { notMerge: true });
  }, [option, asTable]);

  return (
    <figure style={{ margin: 0 }} data-testid={testId}>
      {asTable ? (
        <ChartTable label={label} table={table} />
      ) : (
        <div ref={box} className="chart" style={{ height }} role="img" aria-label={label} />
      )}
      <figcaption className="row-between small soft">
        <span>{label}</span>
        <Button size="small" type="link" onClick={() => setAsTable(!asTable)} aria-pressed={asTable}>
          {asTable ? t("chart.picture") : t("chart.table")}
        </Button>
      </figcaption>
    </figure>
  );
}

function withLook(option: EChartsOption): EChartsOption {
  return {
    color: [...series],
    animation: !still.matches,
    textStyle: { fontFamily: "inherit", color: colours.text },
    grid: { left: 8, right: 12, top: 28, bottom: 8, containLabel: true },
    ...option,
    aria: { enabled: false },
    tooltip: {
      trigger: "item",
      ...(Array.isArray(option.tooltip) ? {} : option.tooltip),
      renderMode: "richText",
      confine: true,
    },
  };
}

function ChartTable({ label, table }: { label: string; table: ChartProps["table"] }): ReactElement {
  return (
    <div className="chart-table" tabIndex={0} role="region" aria-label={label}>
      <table className="sheet">
        <caption>{label}</caption>
        <thead>
          <tr>
            {table.columns.map((c, i) => (
              <th key={i} scope="col" className={i > 0 ? "end" : undefined}>
                {c}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((cell, j) =>
                j === 0 ? (
                  <th key={j} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={j} className="end">
                    {cell}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
