import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../../app/words";
import { parseFen, sumFen } from "../../lib/money";
import type { LegTotal } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";

interface Row {
  bank: string;
  parts: LegTotal[];
}

/** Sums are the legs by the bank of their payees. */
export function Sums({ totals }: { totals: LegTotal[] }): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const banks = [...new Set(totals.map((x) => x.payeeBank))].sort();
  const rows: Row[] = banks.map((bank) => ({ bank, parts: totals.filter((x) => x.payeeBank === bank) }));
  const amount = (parts: LegTotal[]): bigint => sumFen(parts.map((x) => parseFen(x.amount)));
  const count = (parts: LegTotal[]): number => parts.reduce((n, x) => n + x.count, 0);
  return (
    <PagedTable<Row>
      label={t("sums.title")}
      columns={[
        { key: "bank", title: t("payeeBank"), phone: "title", render: (r) => (r.bank === "" ? <span className="warn">{t("sums.noAccount")}</span> : <MemberName id={r.bank} />) },
        { key: "count", title: t("sums.count"), end: true, render: (r) => String(count(r.parts)) },
        { key: "amount", title: t("amount"), end: true, render: (r) => <Money amount={amount(r.parts)} /> },
        {
          key: "states",
          title: t("sums.states"),
          render: (r) => (
            <div className="stack-tight">
              {r.parts.map((x) => (
                <div key={`${x.purpose}/${x.state}/${x.payerBank}/${String(x.kept)}`} className="row">
                  <StateTag kind="settlement" state={x.state} />
                  <span>
                    {x.purpose !== "clearing" && `${words.of("purpose", x.purpose)} · `}
                    {t("sums.number", { count: x.count })} · <Money amount={x.amount} />
                    {x.kept && <span className="warn"> {t("sums.kept")}</span>}
                  </span>
                </div>
              ))}
            </div>
          ),
        },
      ]}
      rows={rows}
      rowKey={(r) => r.bank || "none"}
      empty={<EmptyState title={t("sums.none")} hint={t("sums.noneHint")} />}
      foot={rows.length > 1 ? <div className="num-right strong">{t("sums.all", { count: count(totals) })} <Money amount={amount(totals)} testId="sums-amount" /></div> : undefined}
      testId="leg-sums"
    />
  );
}
