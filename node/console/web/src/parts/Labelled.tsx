import type { ReactElement, ReactNode } from "react";

/** Labelled is a filter with its name above it. */
export function Labelled({ text, children }: { text: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <div className="soft small">{text}</div>
      {children}
    </div>
  );
}
