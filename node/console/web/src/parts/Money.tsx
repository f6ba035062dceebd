import type { ReactElement } from "react";
import { type Fen, capital, humanFen, humanRate } from "../lib/money";

interface MoneyProps {
  /** Fen, or the API's text of yuan. Nothing is shown for none. */
  amount: Fen | string | null | undefined;
  /** Large, as the one number of a page. */
  big?: boolean;
  /** With the capital numerals below. */
  withCapital?: boolean;
  testId?: string;
}

/** Money is an amount for people: ¥1,234.56 in figures of one width. */
export function Money({ amount, big, withCapital, testId }: MoneyProps): ReactElement | null {
  if (amount === null || amount === undefined || amount === "") return null;
  const figures = (
    <span className={big ? "num money-big" : "num"} data-testid={testId}>
      ¥{humanFen(amount)}
    </span>
  );
  if (!withCapital) return figures;
  return (
    <span>
      {figures}
      <br />
      <Capital amount={amount} />
    </span>
  );
}

/** Capital is an amount in Chinese capital numerals, as papers carry it. */
export function Capital({ amount }: { amount: Fen | string }): ReactElement {
  return (
    <span className="capital" lang="zh-CN">
      {capital(amount)}
    </span>
  );
}

/** RateText is a yearly rate in percent: 2.62 %. Takes a rate, or the API's text. */
export function RateText({ rate }: { rate: bigint | string | null | undefined }): ReactElement | null {
  if (rate === null || rate === undefined || rate === "") return null;
  return <span className="num">{humanRate(rate)} %</span>;
}
