import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../../app/words";
import type { PreviewFault } from "../../lib/records";

/** Faults says what is wrong with a row: the field, what happened, the facts, the rule with its clause, and what to do. */
export function Faults({ faults }: { faults: PreviewFault[] }): ReactElement {
  const { t, i18n } = useTranslation("batch");
  const words = useWords();
  return (
    <ul className="stack-tight" style={{ paddingLeft: 16 }} aria-label={t("faults")}>
      {faults.map((f, i) => (
        <li key={i} data-code={f.code}>
          <span className="bad">{f.column !== "" && <span className="strong">{t(`field.${f.column}`)}: </span>}{f.message}</span>
          {f.detail && <div className="soft small">{f.detail}</div>}
          {f.rule && (
            <div className="small">
              {words.of("rule", f.rule)} <span className="mono">{f.rule}</span>{i18n.exists(`batch:clause.${f.rule}`) && <> · {t(`clause.${f.rule}`)}</>}
            </div>
          )}
          {f.next && <div className="small">{f.next}</div>}
        </li>
      ))}
    </ul>
  );
}
