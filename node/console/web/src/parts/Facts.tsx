import type { ReactElement, ReactNode } from "react";
import { InstantText } from "./Time";

/** One named fact. */
export interface Fact {
  label: ReactNode;
  value: ReactNode;
  /** Over the whole width. */
  wide?: boolean;
  testId?: string;
}

/** Facts is a list of names and values; facts without a value are left out. */
export function Facts({
  items,
  testId,
}: {
  items: (Fact | false | null | undefined)[];
  testId?: string;
}): ReactElement {
  return (
    <dl className="facts" data-testid={testId}>
      {items.map((fact, i) =>
        !fact || fact.value === null || fact.value === undefined || fact.value === false || fact.value === "" ? null : (
          <div key={i} className={fact.wide ? "wide" : undefined} data-testid={fact.testId}>
            <dt>{fact.label}</dt>
            <dd>{fact.value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

/** One thing that happened. */
export interface TimelineItem {
  key: string;
  at?: string | null;
  title: ReactNode;
  body?: ReactNode;
  /** good is the default. */
  mark?: "good" | "warn" | "bad" | "soft";
}

/** Timeline is a history, in the order in which it is given. */
export function Timeline({ items, label }: { items: TimelineItem[]; label: string }): ReactElement {
  return (
    <ol className="timeline" aria-label={label}>
      {items.map((item) => (
        <li key={item.key} className={item.mark && item.mark !== "good" ? `${item.mark}-mark` : undefined}>
          <div>{item.title}</div>
          {item.body && <div className="soft">{item.body}</div>}
          {item.at && (
            <div className="when">
              <InstantText at={item.at} exact />
            </div>
          )}
        </li>
      ))}
    </ol>
  );
}
