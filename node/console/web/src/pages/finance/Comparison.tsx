import { Alert } from "antd";
import { Fragment, type ReactElement, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../../app/words";
import { humanRate, parseFen, sumFen } from "../../lib/money";
import { AllInHelp } from "../../parts/Deal";
import { Money, RateText } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";
import { useIsPhone } from "../../parts/phone";
import type { Seen } from "./quotes";

interface ComparisonProps {
  /** The best first. */
  seen: Seen[];
  /** Set in the dialog: which of them is chosen. */
  chosen?: string;
  /** Chooses a quote; no buttons without it. */
  onChoose?: (seen: Seen) => void;
  /** Why none can be chosen now. */
  off?: string;
}

interface Row {
  label: ReactNode;
  of: (s: Seen) => ReactNode;
  strong?: boolean;
}

/** Comparison puts quotes side by side: what you get, what it costs, who stands behind the fen, and how long it holds. */
export function Comparison({ seen, chosen, onChoose, off }: ComparisonProps): ReactElement {
  const { t } = useTranslation("finance");
  const phone = useIsPhone();
  const rows = useRows();
  const button = (s: Seen, first: boolean): ReactNode =>
    onChoose && s.quote.state === "sealed" && (
      <ActionButton label={t("quotes.choose")} primary={first} block disabled={off ?? (s.cost ? undefined : t("quotes.cannot"))} onClick={() => onChoose(s)} testId={`quote-choose-${s.quote.bank}`} />
    );
  if (phone) {
    return (
      <div className="stack" data-testid="quotes" data-count={seen.length}>
        {seen.map((s, i) => (
          <div key={s.quote.bank} className="card" data-testid={`quote-${s.quote.bank}`}>
            <div className="title row-between">
              <MemberName id={s.quote.bank} />
              <Mark seen={s} best={i === 0} chosen={chosen} />
            </div>
            <Broken seen={s} />
            <dl>
              {rows.map((r, at) => (
                <Fragment key={at}>
                  <dt>{r.label}</dt>
                  <dd className={r.strong ? "strong" : undefined}>{r.of(s) || "—"}</dd>
                </Fragment>
              ))}
            </dl>
            <div style={{ marginTop: 12 }}>{button(s, i === 0)}</div>
          </div>
        ))}
      </div>
    );
  }
  return (
    <div className="sheet-box" tabIndex={0} role="region" aria-label={t("quotes.title")} data-testid="quotes" data-count={seen.length}>
      <table className="sheet">
        <caption>{t("quotes.title")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("quotes.bank")}</th>
            {seen.map((s, i) => (
              <th key={s.quote.bank} scope="col" className="end" data-testid={`quote-${s.quote.bank}`}>
                <MemberName id={s.quote.bank} /> <Mark seen={s} best={i === 0} chosen={chosen} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((r, i) => (
            <tr key={i}>
              <th scope="row">{r.label}</th>
              {seen.map((s) => (
                <td key={s.quote.bank} className={r.strong ? "end strong" : "end"}>{r.of(s) || "—"}</td>
              ))}
            </tr>
          ))}
          {(onChoose || seen.some((s) => s.error || s.fault)) && (
            <tr>
              <th scope="row"><span className="hidden-visually">{t("quotes.choose")}</span></th>
              {seen.map((s, i) => (
                <td key={s.quote.bank} className="end">
                  <Broken seen={s} />
                  {button(s, i === 0)}
                </td>
              ))}
            </tr>
          )}
        </tbody>
      </table>
    </div>
  );
}

function useRows(): Row[] {
  const { t } = useTranslation("finance");
  const words = useWords();
  return [
    { label: t("net"), strong: true, of: (s) => s.cost && <Money amount={s.cost.net} testId={`quote-net-${s.quote.bank}`} /> },
    { label: t("quotes.interest"), of: (s) => s.cost && <Money amount={s.cost.supplierInterest} /> },
    { label: t("quotes.fees"), of: (s) => s.cost && <Money amount={sumFen([parseFen(s.cost.supplierFee), parseFen(s.cost.guaranteeFee)])} /> },
    { label: <>{t("allIn")} <AllInHelp /></>, strong: true, of: (s) => s.cost && <span data-testid={`quote-all-in-${s.quote.bank}`}><RateText rate={s.cost.allIn} /></span> },
    { label: t("quotes.rate"), of: (s) => s.opened && <RateText rate={s.opened.terms.rate} /> },
    { label: t("quotes.advance"), of: (s) => s.opened && `${humanRate(s.opened.terms.advance)} %` },
    { label: t("quotes.recourse"), of: (s) => s.opened && words.of("financingKind", s.opened.terms.kind) },
    { label: t("quotes.when"), of: (s) => s.opened && words.of("interest", s.opened.terms.interest) },
    { label: t("quotes.valueDate"), of: (s) => s.opened && <DateText date={s.opened.terms.valueDate} /> },
    { label: t("quotes.guarantor"), of: (s) => (s.opened?.terms.guarantor ? <MemberName id={s.opened.terms.guarantor} /> : s.opened && t("quotes.noGuarantor")) },
    { label: t("quotes.expires"), of: (s) => <InstantText at={s.quote.expires} /> },
  ];
}

function Mark({ seen: s, best, chosen }: { seen: Seen; best: boolean; chosen?: string }): ReactElement | null {
  const { t } = useTranslation("finance");
  if (chosen !== undefined) return s.quote.bank === chosen ? <span className="good">✓ {t("quotes.yours")}</span> : null;
  if (s.quote.state !== "sealed") return <StateTag kind="quote" state={s.quote.state} />;
  return best && s.cost ? <span className="good small">{t("quotes.most")}</span> : null;
}

/** Broken says why a quote cannot be read, or that its terms come to nothing. */
function Broken({ seen: s }: { seen: Seen }): ReactElement | null {
  if (s.error) return <ProblemBox error={s.error} />;
  return s.fault ? <Alert type="warning" title={s.fault} /> : null;
}
