import { DatePicker } from "antd";
import dayjs from "dayjs";
import type { ReactElement } from "react";

interface InstantInputProps {
  id?: string;
  /** RFC 3339 at +08:00, or empty. Fits into an Ant Design Form.Item. */
  value?: string;
  onChange?: (at: string) => void;
  label: string;
  testId?: string;
}

/** InstantInput chooses a time in Asia/Shanghai. */
export function InstantInput({ id, value, onChange, label, testId }: InstantInputProps): ReactElement {
  return (
    <DatePicker
      id={id}
      aria-label={label}
      data-testid={testId}
      showTime={{ format: "HH:mm" }}
      format="YYYY-MM-DD HH:mm"
      style={{ width: "100%" }}
      value={value ? dayjs(value.slice(0, 19), "YYYY-MM-DDTHH:mm:ss") : null}
      onChange={(at) => onChange?.(at ? `${at.format("YYYY-MM-DDTHH:mm:ss")}.000+08:00` : "")}
    />
  );
}
