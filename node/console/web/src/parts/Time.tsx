import { DatePicker } from "antd";
import dayjs from "dayjs";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { daysBetween, instantText, parseInstant } from "../lib/calendar";

interface DateTextProps {
  /** yyyy-mm-dd. */
  date: string | null | undefined;
  /** Also say how many days are left until it, counted from this day. */
  from?: string;
}

/** DateText is a day, yyyy-mm-dd, on request with the days left. */
export function DateText({ date, from }: DateTextProps): ReactElement | null {
  const { t } = useTranslation();
  if (!date) return null;
  const left = from ? daysBetween(from, date) : 0;
  const note = !from
    ? ""
    : left > 0
      ? t("time.daysLeft", { count: left })
      : left === 0
        ? t("time.today")
        : t("time.daysPast", { count: -left });
  return (
    <time dateTime={date} className="num">
      {date}
      {note && <span className="soft small"> {note}</span>}
    </time>
  );
}

interface InstantTextProps {
  /** RFC 3339 at +08:00, as the API writes it. */
  at: string | null | undefined;
  /** With seconds. */
  exact?: boolean;
}

/** InstantText is a time in Asia/Shanghai: 2027-03-31 09:05. */
export function InstantText({ at, exact }: InstantTextProps): ReactElement | null {
  if (!at) return null;
  const text = instantText(parseInstant(at));
  return (
    <time dateTime={at} className="num">
      {text.slice(0, 10)} {text.slice(11, exact ? 19 : 16)}
    </time>
  );
}

interface DateInputProps {
  id?: string;
  /** yyyy-mm-dd, or empty. */
  value?: string;
  onChange?: (date: string) => void;
  /** First and last day that can be chosen. */
  min?: string;
  max?: string;
  disabled?: boolean;
  label?: string;
  testId?: string;
}

/** DateInput chooses a day. It takes and gives yyyy-mm-dd, so it fits into an Ant Design Form.Item. */
export function DateInput({ id, value, onChange, min, max, disabled, label, testId }: DateInputProps): ReactElement {
  return (
    <DatePicker
      id={id}
      aria-label={label}
      data-testid={testId}
      value={value ? dayjs(value, "YYYY-MM-DD") : null}
      onChange={(day) => onChange?.(day ? day.format("YYYY-MM-DD") : "")}
      minDate={min ? dayjs(min) : undefined}
      maxDate={max ? dayjs(max) : undefined}
      disabled={disabled}
      format="YYYY-MM-DD"
      style={{ width: "100%" }}
    />
  );
}
