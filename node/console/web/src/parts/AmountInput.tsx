import { Input } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Fen, capital, humanFen, parseHumanFen } from "../lib/money";

interface AmountInputProps {
  id?: string;
  /** Fen; null while nothing valid is given. Fits into an Ant Design Form.Item. */
  value?: Fen | null;
  onChange?: (amount: Fen | null) => void;
  /** The most that can be given; there is a button for it. */
  max?: Fen;
  label?: string;
  disabled?: boolean;
  testId?: string;
}

/** AmountInput takes an amount of yuan exactly to the fen and shows it in capital numerals below. */
export function AmountInput({ id, value, onChange, max, label, disabled, testId }: AmountInputProps): ReactElement {
  const { t } = useTranslation();
  const [text, setText] = useState(value === null || value === undefined ? "" : humanFen(value));
  const typed = read(text);
  useEffect(() => {
    if (value !== undefined && value !== read(text)) setText(value === null ? "" : humanFen(value));
    // Only a value from outside replaces what is being typed.
  }, [value]);
  const over = typed !== null && max !== undefined && typed > max;
  const wrong = text.trim() !== "" && (typed === null || typed <= 0n);
  const note = wrong ? t("amount.wrong") : over ? t("amount.over", { max: humanFen(max ?? 0n) }) : "";
  const noteId = `${id ?? testId ?? "amount"}-note`;
  return (
    <div>
      <Input
        id={id}
        aria-label={label}
        aria-describedby={noteId}
        aria-invalid={wrong || over}
        data-testid={testId}
        className="num"
        prefix="¥"
        inputMode="decimal"
        autoComplete="off"
        placeholder="0.00"
        disabled={disabled}
        status={wrong || over ? "error" : ""}
        value={text}
        suffix={
          max !== undefined && !disabled ? (
            <a
              role="button"
              tabIndex={0}
              onClick={() => give(max)}
              onKeyDown={(event) => event.key === "Enter" && give(max)}
            >
              {t("amount.all")}
            </a>
          ) : null
        }
        onChange={(event) => {
          setText(event.target.value);
          const amount = read(event.target.value);
          onChange?.(amount !== null && amount > 0n ? amount : null);
        }}
        onBlur={() => typed !== null && setText(humanFen(typed))}
      />
      <div id={noteId} className="field-note" aria-live="polite">
        {note ? (
          <span className="bad">{note}</span>
        ) : typed !== null && typed > 0n ? (
          <span className="capital" lang="zh-CN">
            {capital(typed)}
          </span>
        ) : null}
      </div>
    </div>
  );

  function give(amount: Fen): void {
    setText(humanFen(amount));
    onChange?.(amount);
  }
}

/** read gives the amount of a text, or null for what is none. */
function read(text: string): Fen | null {
  if (text.trim() === "") return null;
  try {
    return parseHumanFen(text);
  } catch {
    return null;
  }
}
