import { Input } from "antd";
import type { ReactElement } from "react";
import { parseHumanRate, rateText, wholeRate } from "../lib/money";

interface RateInputProps {
  id?: string;
  /** As typed: "2.65". */
  value?: string;
  onChange?: (text: string) => void;
  label: string;
  testId?: string;
}

/** percentOf is a typed percentage as the API writes it, "2.6500", or null for what is none between 0 and 100. */
export function percentOf(text: string): string | null {
  try {
    const rate = parseHumanRate(text);
    return rate >= 0n && rate <= wholeRate ? rateText(rate) : null;
  } catch {
    return null;
  }
}

/** RateInput takes a percentage with up to four places. */
export function RateInput({ id, value = "", onChange, label, testId }: RateInputProps): ReactElement {
  return (
    <Input
      id={id}
      className="num"
      aria-label={label}
      suffix="%"
      inputMode="decimal"
      autoComplete="off"
      value={value}
      status={value !== "" && percentOf(value) === null ? "error" : ""}
      onChange={(event) => onChange?.(event.target.value)}
      data-testid={testId}
    />
  );
}
