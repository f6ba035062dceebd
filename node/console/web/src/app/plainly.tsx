import { Alert } from "antd";
import { type ReactElement, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { argumentText } from "../lib/jws";
import { type Context, type Words, plainWords } from "../lib/plain";
import { Facts } from "../parts/Facts";
import { currentLanguage } from "./i18n";
import { useNames } from "./query";

/** What the record says that an argument only names: a transfer's amount and sender, a quote's all-in cost. */
export type PlainFacts = NonNullable<Context["facts"]>;

const codes = /"([0-9A-HJ-NPQRTUWXY]{18})"/g;

/** usePlainWords says what a call of a contract function does, with the names of the members in it. */
export function usePlainWords(name: string, argument: object, facts?: PlainFacts): Words {
  const { i18n } = useTranslation();
  const members = useMemo(() => [...argumentText(argument).matchAll(codes)].map((m) => m[1]), [argument]);
  const names = useNames(members);
  return plainWords(name, argument, {
    language: i18n.language === "en" ? "en" : currentLanguage(),
    name: names,
    facts,
  });
}

/** PlainWords shows them: the sentence, what to look at, a warning where there is no way back, and all of it as JSON. */
export function PlainWords({ words }: { words: Words }): ReactElement {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  return (
    <div className="stack" data-testid="plain-words">
      <p style={{ fontSize: 15 }}>{words.sentence}</p>
      {words.lines.length > 0 && (
        <Facts
          items={words.lines.map((line) => ({
            label: line.label,
            value: line.strong ? <span className="strong">{line.text}</span> : line.text,
          }))}
        />
      )}
      {words.warning && <Alert type="warning" showIcon title={words.warning} />}
      <details open={whole} onToggle={(event) => setWhole(event.currentTarget.open)}>
        <summary className="soft small">{t("sign.detail")}</summary>
        {whole && (
          <pre className="argument" tabIndex={0}>
            {pretty(words.json)}
          </pre>
        )}
      </details>
    </div>
  );
}

/** pretty breaks JSON into lines; numbers stay as they are written. */
function pretty(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
