import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";

/** One thing of a batch that the ledger refused. */
export interface RefusedLeg {
  leg: string;
  code: string;
  detail?: string;
}

const shown = 20;

/** Refused lists what of a batch the ledger refused; the other items took effect. */
export function Refused({ list }: { list: RefusedLeg[] }): ReactElement | null {
  const { t } = useTranslation("clearing");
  if (list.length === 0) return null;
  return (
    <Alert
      type="warning"
      showIcon
      data-testid="refused"
      title={t("refused.title", { count: list.length })}
      description={
        <ul>
          {list.slice(0, shown).map((r, i) => (
            <li key={`${r.leg}/${i}`}>
              <Link to={`/clearing/legs/${encodeURIComponent(r.leg)}`} className="mono">{r.leg}</Link> <span className="mono">{r.code}</span> {r.detail}
            </li>
          ))}
          {list.length > shown && <li>{t("refused.more", { count: list.length - shown })}</li>}
        </ul>
      }
    />
  );
}
