import { Tag } from "antd";
import type { ReactElement } from "react";
import { useWords } from "../../app/words";
import type { RuleResult } from "../../lib/records";

const tones = { passed: "success", flagged: "warning", refused: "error" } as const;

/** Verdict is what a rule said, in the product's word. */
export function Verdict({ result }: { result: RuleResult["result"] }): ReactElement {
  const words = useWords();
  return (
    <Tag color={tones[result]} data-state={result}>
      {words.of("ruleResult", result)}
    </Tag>
  );
}
