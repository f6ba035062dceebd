import { Tag } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { currentLanguage } from "../../app/i18n";
import { useWords } from "../../app/words";
import { Facts as FactList } from "../../parts/Facts";
import { Money, RateText } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { type Decided, type Facts, type Fired, type PolicyOutcome, kindOfFact } from "./policy";

const colours: Record<PolicyOutcome, string> = { quote: "success", refer: "warning", refuse: "error" };

/** OutcomeTag names what the policy says. */
export function OutcomeTag({ outcome }: { outcome: PolicyOutcome }): ReactElement {
  const { t } = useTranslation("bank");
  return (
    <Tag color={colours[outcome]} data-testid="policy-outcome" data-state={outcome}>
      {t(`outcome.${outcome}`)}
    </Tag>
  );
}

/** reasonOf is why a rule fired, in the language of the page. */
export function reasonOf(f: Fired): string {
  return currentLanguage() === "zh" ? f.reasonZh || f.reason : f.reason;
}

/** Reasons are the rules that fired, with what they say. */
export function Reasons({ decided: d }: { decided: Decided }): ReactElement {
  const { t } = useTranslation("bank");
  const fired = d.fired ?? [];
  if (fired.length === 0) {
    const x = d.terms;
    return (
      <p className="soft">
        {t("policy.clean")} {x && <>{t("policy.price")} <RateText rate={x.rate} /> · {t("policy.fee")} <Money amount={x.fee} /></>}
      </p>
    );
  }
  return (
    <ul className="sign-lines" data-testid="policy-reasons">
      {fired.map((f) => (
        <li key={f.rule + (f.about ?? "")}>
          <OutcomeTag outcome={f.then} /> {reasonOf(f)} <span className="soft small mono">{f.rule}</span>
          {f.debtors && f.debtors.length > 0 && d.facts.length > 1 && <span className="soft small"> · {f.debtors.map((m) => <MemberName key={m} id={m} />)}</span>}
        </li>
      ))}
    </ul>
  );
}

/** FactGroups shows all that the policy knew, one group after the other, for each debtor. */
export function FactGroups({ facts }: { facts: Facts[] }): ReactElement {
  const { t } = useTranslation("bank");
  return (
    <div className="stack" data-testid="policy-facts">
      {facts.map((f, i) => (
        <div key={i} className="stack">
          {facts.length > 1 && <h3><MemberName id={String(f.enterprise?.["id"] ?? "")} /></h3>}
          {Object.entries(f).map(([group, values]) => (
            <section key={group} aria-label={t(`group.${group}`)}>
              <h3 style={{ fontSize: 14, marginBottom: 8 }}>{t(`group.${group}`)}</h3>
              <FactList items={Object.entries(values).map(([name, value]) => ({ label: t(`fact.${group}.${name}`, { defaultValue: name }), value: <Value group={group} name={name} value={value} /> }))} />
            </section>
          ))}
        </div>
      ))}
    </div>
  );
}

function Value({ group, name, value }: { group: string; name: string; value: string | number | boolean }): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  if (typeof value === "boolean") return <>{t(value ? "yes" : "no")}</>;
  if (value === "" || value === -1) return <span className="soft">{t("without")}</span>;
  switch (kindOfFact(group, name)) {
    case "amount":
      return String(value).startsWith("-") ? <span className="soft">{t("uncapped")}</span> : <Money amount={String(value)} />;
    case "percent":
      return <span className="num">{(Number(value) / 100).toFixed(2)} %</span>;
    case "member":
      return <MemberName id={String(value)} link />;
    case "class":
      return <>{words.of("class", String(value))}</>;
    default:
      return <span className="num">{String(value)}</span>;
  }
}
