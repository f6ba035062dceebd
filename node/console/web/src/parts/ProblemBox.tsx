import { Alert, Button } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "../app/i18n";
import { useWords } from "../app/words";
import { describe } from "../lib/problem";

interface ProblemBoxProps {
  error: unknown;
  onRetry?: () => void;
  testId?: string;
}

/** ProblemBox shows why something was refused: what happened, the facts, what to do next, and the code to quote. */
export function ProblemBox({ error, onRetry, testId }: ProblemBoxProps): ReactElement | null {
  const { t } = useTranslation();
  const words = useWords();
  if (!error) return null;
  const p = describe(error, currentLanguage());
  return (
    <Alert
      type="error"
      showIcon
      role="alert"
      data-testid={testId ?? "problem"}
      data-code={p.code}
      title={p.title}
      description={
        <div className="stack-tight">
          {p.detail && <div>{p.detail}</div>}
          {p.fields.map((f) => (
            <div key={f.at}>
              <span className="mono">{f.at}</span>: {f.message}
            </div>
          ))}
          {p.rule && (
            <div>
              {t("problem.rule")}: {words.of("rule", p.rule)} <span className="mono">{p.rule}</span>
            </div>
          )}
          {p.next && <div className="strong">{p.next}</div>}
          <div className="soft small">
            {t("problem.code")} <span className="mono">{p.code}</span>
            {p.requestId && (
              <>
                {" · "}
                {t("problem.request")} <span className="mono">{p.requestId}</span>
              </>
            )}
          </div>
          {onRetry && (
            <div>
              <Button size="small" onClick={onRetry} data-testid="retry">
                {t("problem.retry")}
              </Button>
            </div>
          )}
        </div>
      }
    />
  );
}
