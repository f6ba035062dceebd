import { CheckCircleFilled, CloseCircleFilled, ExclamationCircleFilled } from "@ant-design/icons";
import { Skeleton } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useNames, useToday } from "../app/query";
import { useWords } from "../app/words";
import { daysBetween } from "../lib/calendar";
import type { Span } from "../lib/interval";
import { useCertificates, useRulings } from "./certificates";
import { type Check, type Mark, realityOf, verdictOf, worstOf } from "./checks";
import { joined } from "./joined";

const icons: Record<Mark, ReactElement> = {
  good: <CheckCircleFilled className="good" aria-hidden="true" />,
  warn: <ExclamationCircleFilled className="warn" aria-hidden="true" />,
  bad: <CloseCircleFilled className="bad" aria-hidden="true" />,
};

interface RealityProps {
  /** Certificates that are looked at, with the fen that matter; all of them for an empty list. */
  parts: { certificate: string; spans: Span[] }[];
  /** Locks of this transfer are its own. */
  own?: string;
}

/**
 * Reality answers on one screen whether fen are real: signed by the debtor and accepted, evidence checked, free of
 * freezes and other claims, and when they are paid. It reads the certificates itself.
 */
export function Reality({ parts, own }: RealityProps): ReactElement {
  const { t } = useTranslation("value");
  const today = useToday();
  const numbers = parts.map((p) => p.certificate);
  const certificates = useCertificates(numbers);
  const rulings = useRulings(numbers);
  const seen = [...certificates.found.values()];
  const names = useNames(seen.map((c) => c.debtor));
  if (certificates.isLoading || rulings.isLoading || today === "") return <Skeleton active paragraph={{ rows: 4 }} />;
  const checks = worstOf(parts.flatMap((p) => {
    const certificate = certificates.found.get(p.certificate);
    if (!certificate) return [];
    const said = rulings.found.get(p.certificate)?.items ?? [];
    return [realityOf({ certificate, rulings: said, spans: p.spans.length > 0 ? p.spans : undefined, own }, today)];
  }));
  const found = checks.length === 0 ? "warn" : verdictOf(checks);
  const settled = found !== "bad" && checks.some((c) => c.says === "settled");
  const verdict = settled ? "good" : found;
  const heading = settled ? "settled" : verdict;
  const debtors = joined([...new Set(seen.map((c) => names(c.debtor)))]);
  const last = seen.map((c) => c.payment).sort().at(-1) ?? "";
  return (
    <section aria-label={t("real.label")} data-testid="reality" data-verdict={verdict}>
      <div className={`verdict verdict-${verdict}`}>
        {icons[verdict]}
        <div>
          <h2>{t(`real.verdict.${heading}`)}</h2>
          <p>{t(`real.next.${heading}`)}</p>
        </div>
      </div>
      <ul className="stack-tight" style={{ listStyle: "none", padding: 0 }}>
        {checks.map((check) => (
          <li key={check.of} className="row" style={{ flexWrap: "nowrap", alignItems: "flex-start" }} data-testid={`reality-${check.of}`} data-mark={check.mark}>
            {icons[check.mark]}
            <CheckText check={check} debtors={debtors} payment={last} days={last === "" ? 0 : Math.abs(daysBetween(today, last))} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function CheckText({ check, debtors, payment, days }: { check: Check; debtors: string; payment: string; days: number }): ReactElement {
  const { t } = useTranslation("value");
  const words = useWords();
  const about = check.about.map((a) => (check.of === "claims" ? words.of("lock", a) : check.of === "rules" ? words.of("rule", a) : words.state("certificate", a)));
  return (
    <span>
      <span className="hidden-visually">{t(`real.mark.${check.mark}`)} </span>
      {t(`real.${check.of}.${check.says === "due" && days === 0 ? "today" : check.says}`, { debtor: debtors, about: joined(about), date: payment, days })}
    </span>
  );
}
