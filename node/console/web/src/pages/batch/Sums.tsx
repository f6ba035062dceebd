import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import type { PreviewSum, PreviewTotals } from "../../lib/records";
import { Capital, Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { Figure } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { DateText } from "../../parts/Time";

/** Sums are the totals of the good rows: in figures and capitals, by supplier, by maturity, by line with what is left. */
export function Sums({ totals, faulty, out }: { totals: PreviewTotals; faulty: number; out: number }): ReactElement {
  const { t } = useTranslation("batch");
  const columns = (title: string, what: (s: PreviewSum) => ReactElement): Column<PreviewSum>[] => [
    { key: "what", title, phone: "title", render: what },
    { key: "count", title: t("sum.count"), end: true, render: (s) => s.count },
    { key: "amount", title: t("sum.amount"), end: true, render: (s) => <Money amount={s.amount} /> },
  ];
  return (
    <div className="stack">
      <div className="grid">
        <Figure label={t("sum.good")} value={totals.good} note={t("sum.of", { count: totals.rows })} testId="batch-good" />
        <Figure label={t("sum.total")} value={<Money amount={totals.amount} testId="batch-total" />} note={<Capital amount={totals.amount} />} accent />
        <Figure label={t("sum.faulty")} value={<span className={faulty > 0 ? "bad" : undefined}>{faulty}</span>} note={out > 0 ? t("sum.out", { count: out }) : undefined} testId="batch-faulty" />
      </div>
      {totals.good > 0 && (
        <details data-testid="batch-sums">
          <summary className="strong">{t("sum.show")}</summary>
          <div className="grid-two" style={{ marginTop: 12 }}>
            <PagedTable label={t("sum.bySupplier")} columns={columns(t("sum.bySupplier"), (s) => <>{s.name || s.key}</>)} rows={totals.bySupplier} rowKey={(s) => s.key} />
            <div className="stack">
              <PagedTable label={t("sum.byMaturity")} columns={columns(t("sum.byMaturity"), (s) => <DateText date={s.key} />)} rows={totals.byMaturity} rowKey={(s) => s.key} />
              {totals.byLine.length > 0 && (
                <PagedTable
                  label={t("sum.byLine")}
                  columns={[...columns(t("sum.byLine"), (s) => <><MemberName id={s.key.split(" ")[0]} /> · {s.key.split(" ")[1]}</>), { key: "left", title: t("sum.left"), end: true, render: (s) => <Money amount={s.left} /> }]}
                  rows={totals.byLine}
                  rowKey={(s) => s.key}
                />
              )}
            </div>
          </div>
        </details>
      )}
    </div>
  );
}
