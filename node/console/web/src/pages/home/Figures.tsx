import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Flow } from "../../lib/records";
import { Money } from "../../parts/Money";
import { Figure } from "../../parts/Page";
import { useIsPhone } from "../../parts/phone";

/** One sum at the top of a part of the home page. */
export interface Sum {
  key: string;
  label: ReactNode;
  flow: Flow;
  to?: string;
  /** The one that matters most; it stays on a phone when it is nothing. */
  main?: boolean;
  /** Not good when it is more than nothing. */
  bad?: boolean;
  note?: ReactNode;
}

/** Figures shows sums beside each other; a phone leaves out those that are nothing. */
export function Figures({ sums }: { sums: (Sum | null)[] }): ReactElement {
  const { t } = useTranslation("home");
  const phone = useIsPhone();
  const shown = sums.filter((s) => s !== null).filter((s) => !phone || s.main || s.flow.count > 0);
  return (
    <div className="grid">
      {shown.map((s) => (
        <Figure
          key={s.key}
          label={s.label}
          value={<span className={s.bad && s.flow.count > 0 ? "bad" : undefined}><Money amount={s.flow.amount} /></span>}
          note={s.note ?? t("count", { count: s.flow.count })}
          to={s.to}
          accent={s.main}
          testId={`figure-${s.key}`}
        />
      ))}
    </div>
  );
}
