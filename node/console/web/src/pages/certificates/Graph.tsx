import { type ReactElement, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { colours, series } from "../../app/theme";
import { useWords } from "../../app/words";
import { type Fen, humanFen } from "../../lib/money";
import type { Tree } from "../../lib/records";
import { Chart } from "../../parts/Chart";
import { InstantText } from "../../parts/Time";
import { useIsPhone } from "../../parts/phone";
import { type Part, depthOf, flowsOf, leavesOf, partsOf, redeemed } from "./graph";

interface Node {
  name: string;
  /** Shown when it is pointed at. */
  about: string;
  itemStyle?: { color: string };
  children: Node[];
}

/** Graph draws a certificate's splits and transfers, with the moves as a table for whoever prefers that. */
export default function Graph({ tree, as }: { tree: Tree; as: "tree" | "flow" }): ReactElement {
  const { t } = useTranslation("certificates");
  const words = useWords();
  const phone = useIsPhone();
  const root = useMemo(() => partsOf(tree), [tree]);
  const nameOf = (id: string): string => tree.names[id] ?? id;
  const brief = (id: string): string => (nameOf(id).length > 12 ? `${nameOf(id).slice(0, 11)}…` : nameOf(id));
  const table = {
    columns: [t("moves.what"), t("moves.from"), t("moves.to"), t("facts.amount"), t("facts.tier"), t("moves.when")],
    rows: tree.edges.map((e) => [words.of("move", e.kind), nameOf(e.from), nameOf(e.to), `¥${humanFen(e.amount)}`, String(e.tier), <InstantText key="at" at={e.time} />]),
  };
  const node = (part: Part): Node => ({
    name: `${part.kind === "redeem" ? words.of("move", "redeem") : brief(part.owner)}\n¥${humanFen(part.amount)}`,
    about: [
      nameOf(part.owner), `¥${humanFen(part.amount)}`, part.kind ? `${words.of("move", part.kind)} ${part.time.slice(0, 10)}` : t("holders.promise"),
      ...(part.tier > 0 ? [t("holders.tierIs", { tier: part.tier })] : []), ...(part.kind && part.kept > 0n ? [t("holders.keeps", { amount: `¥${humanFen(part.kept)}` })] : []),
    ].join("\n"),
    itemStyle: part.kept > 0n ? { color: colours.teal } : undefined,
    children: part.children.map(node),
  });
  const about = (params: unknown): string => (params as { data: { about?: string } }).data.about ?? "";
  const depth = depthOf(root);
  const wide = !phone || depth <= 2;
  const height = Math.min(900, wide ? Math.max(200, leavesOf(root) * 56 + 40) : Math.max(320, depth * 110 + 60));
  if (as === "flow") return <FlowChart root={root} table={table} nameOf={nameOf} height={height} />;
  return (
    <Chart
      label={t("holders.treeLabel")}
      height={height}
      table={table}
      testId="certificate-tree"
      option={{
        tooltip: { formatter: about },
        series: [{
          type: "tree", data: [node(root)], orient: wide ? "LR" : "TB", left: wide ? (phone ? 64 : 110) : 40, right: wide ? (phone ? 96 : 160) : 40,
          top: wide ? 16 : 36, bottom: wide ? 16 : 48, symbol: "circle", symbolSize: 11, roam: false, expandAndCollapse: false, initialTreeDepth: -1,
          itemStyle: { color: series[1], borderColor: "#fff" }, lineStyle: { color: "#a9b8b6", width: 1.5 },
          label: { position: wide ? "top" : "right", distance: 8, fontSize: 11, lineHeight: 14, color: colours.text },
          leaves: { label: { position: wide ? "right" : "bottom", align: wide ? "left" : "center" } },
        }],
      }}
    />
  );
}

interface FlowChartProps {
  root: Part;
  table: { columns: string[]; rows: (string | ReactElement)[][] };
  nameOf: (id: string) => string;
  height: number;
}

/** scale turns fen into a number for the width of a band; the amount itself is shown from the fen. */
const scale = (fen: Fen): number => Number(fen);

function FlowChart({ root, table, nameOf, height }: FlowChartProps): ReactElement {
  const { t } = useTranslation("certificates");
  const phone = useIsPhone();
  const { nodes, flows } = useMemo(() => flowsOf(root), [root]);
  const words = useWords();
  const ownerOf = (step: string): string => (step === redeemed ? words.of("move", "redeem") : nameOf(step.slice(step.indexOf("|") + 1)));
  const upright = phone && depthOf(root) > 2;
  const label = (params: unknown): string => {
    const name = ownerOf((params as { name: string }).name);
    return name.length > 10 ? `${name.slice(0, 9)}…` : name;
  };
  return (
    <Chart
      label={t("holders.flowLabel")}
      height={Math.max(260, height)}
      table={table}
      testId="certificate-flow"
      option={{
        tooltip: { formatter: (params: unknown) => (params as { data: { about: string } }).data.about },
        series: [{
          type: "sankey", orient: upright ? "vertical" : "horizontal", left: 8, right: phone ? 76 : 130, top: 16, bottom: upright ? 40 : 16, nodeWidth: 14, nodeGap: 14, draggable: false, nodeAlign: "left",
          data: nodes.map((n, i) => ({ name: n, about: ownerOf(n), itemStyle: { color: series[i % series.length] } })),
          links: flows.map((f) => ({ source: f.from, target: f.to, value: scale(f.amount), about: `${ownerOf(f.from)} → ${ownerOf(f.to)}\n¥${humanFen(f.amount)}` })),
          lineStyle: { color: "source", opacity: 0.28 }, label: { formatter: label, color: colours.text, fontSize: 12, position: upright ? "bottom" : "right" }, emphasis: { focus: "adjacency" },
        }],
      }}
    />
  );
}
