import { Checkbox } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import type { Api } from "../lib/api";
import { takeLow } from "../lib/build";
import { type Fen, parseFen, sumFen } from "../lib/money";
import type { CertificateView, HoldingRow, Leg } from "../lib/records";
import { AmountInput } from "./AmountInput";
import { Capital, Money } from "./Money";
import { CertificateLink, MemberName } from "./Names";
import { EmptyState } from "./Page";
import { DateText } from "./Time";

/** A part of a holding that was chosen. */
export interface Picked {
  row: HoldingRow;
  /** Null while no valid amount is given. */
  amount: Fen | null;
}

/** freeOf is how many fen of a holding can be used: those under no lock. */
export function freeOf(row: HoldingRow): Fen {
  return parseFen(row.amount) - parseFen(row.locked);
}

/** pickedSum is the sum of what was chosen, null while a part has no valid amount. */
export function pickedSum(picked: Picked[]): Fen | null {
  let sum = 0n;
  for (const p of picked) {
    if (p.amount === null || p.amount > freeOf(p.row)) return null;
    sum += p.amount;
  }
  return sum;
}

/** pickAmount chooses parts for an amount, the earliest payment date first. It gives what there is when that is less. */
export function pickAmount(rows: HoldingRow[], amount: Fen): Picked[] {
  const picked: Picked[] = [];
  let left = amount;
  for (const row of [...rows].sort((a, b) => a.payment.localeCompare(b.payment))) {
    const take = freeOf(row) < left ? freeOf(row) : left;
    if (take > 0n) picked.push({ row, amount: take });
    left -= take;
    if (left <= 0n) break;
  }
  return picked;
}

/** legsOf reads the holdings as they are now and takes the chosen amounts from their low end. BAD_INTERVAL when less is free. */
export async function legsOf(api: Api, picked: Picked[]): Promise<Leg[]> {
  const numbers = [...new Set(picked.map((p) => p.row.certificate))];
  const certificates = await Promise.all(numbers.map((n) => api.get<CertificateView>(`/v1/certificates/${n}`)));
  return picked.flatMap((p) => {
    const holdings = certificates
      .flatMap((c) => c.holdings)
      .filter((h) => h.certificate === p.row.certificate && h.id === p.row.id);
    return takeLow(holdings, p.amount ?? 0n);
  });
}

interface HoldingPickerProps {
  /** What can be chosen from: GET /v1/holdings. */
  rows: HoldingRow[];
  value: Picked[];
  onChange: (picked: Picked[]) => void;
  label: string;
  testId?: string;
}

/** HoldingPicker chooses holdings and how much of each, and shows the sum in figures and capital numerals. */
export function HoldingPicker({ rows, value, onChange, label, testId }: HoldingPickerProps): ReactElement {
  const { t } = useTranslation();
  const free = rows.filter((r) => freeOf(r) > 0n && !r.gone && !r.redeemed);
  if (free.length === 0) return <EmptyState title={t("pick.none")} hint={t("pick.noneHint")} />;
  const keyOf = (r: HoldingRow): string => `${r.certificate}/${r.id}`;
  const change = (row: HoldingRow, amount: Fen | null, on: boolean): void => {
    const others = value.filter((p) => keyOf(p.row) !== keyOf(row));
    onChange(on ? [...others, { row, amount }] : others);
  };
  const sum = sumFen(value.map((p) => p.amount ?? 0n));
  return (
    <fieldset className="pick" style={{ border: 0, padding: 0, margin: 0 }} data-testid={testId ?? "holding-picker"}>
      <legend className="hidden-visually">{label}</legend>
      {free.map((row) => {
        const picked = value.find((p) => keyOf(p.row) === keyOf(row));
        return (
          <div key={keyOf(row)} className={picked ? "pick-row on" : "pick-row"} data-row={keyOf(row)}>
            <Checkbox
              checked={!!picked}
              onChange={(event) => change(row, freeOf(row), event.target.checked)}
              aria-label={`${t("pick.choose")} ${row.certificate}`}
            />
            <div>
              <div>
                <MemberName id={row.debtor} /> <CertificateLink number={row.certificate} short plain />
              </div>
              <div className="soft small">
                {t("pick.free")} <Money amount={freeOf(row)} /> · {t("pick.due")} <DateText date={row.payment} /> ·{" "}
                {t("pick.tier", { tier: row.tier })}
              </div>
            </div>
            {picked ? (
              <AmountInput
                value={picked.amount}
                max={freeOf(row)}
                label={`${t("pick.amount")} ${row.certificate}`}
                onChange={(amount) => change(row, amount, true)}
                testId={`pick-amount-${keyOf(row)}`}
              />
            ) : (
              <span className="num num-right">
                <Money amount={freeOf(row)} />
              </span>
            )}
          </div>
        );
      })}
      <div className="sign-amount row-between" aria-live="polite">
        <span>{t("pick.sum", { count: value.length })}</span>
        <span className="num-right">
          <Money amount={sum} testId="pick-sum" /> {sum > 0n && <Capital amount={sum} />}
        </span>
      </div>
    </fieldset>
  );
}
