import { Tag } from "antd";
import type { ReactElement } from "react";
import { useWords } from "../app/words";

type Tone = "success" | "processing" | "warning" | "error" | "default";

const tones: Record<string, Tone> = {
  active: "success",
  accepted: "success",
  executed: "success",
  given: "success",
  confirmed: "success",
  settled: "success",
  disbursed: "success",
  enrolled: "success",
  recovered: "success",
  unconfirmed: "warning",
  final: "success",
  delivered: "success",
  chosen: "success",
  passed: "success",
  redeemed: "success",
  closed: "default",
  "in-force": "warning",
  issued: "processing",
  offered: "processing",
  open: "processing",
  requested: "processing",
  sealed: "processing",
  agreed: "processing",
  instructed: "processing",
  dividing: "processing",
  proposed: "processing",
  waiting: "processing",
  received: "processing",
  "partly-paid": "processing",
  extended: "warning",
  flagged: "warning",
  overdue: "error",
  refused: "error",
  rejected: "error",
  failed: "error",
  unpaid: "error",
  suspended: "error",
  dead: "error",
  returned: "error",
  frozen: "warning",
  "over-limit": "error",
};

interface StateTagProps {
  /** What is in the state: certificate, holding, transfer, proposal, pledge, order, confirmation, financing, quote,
   * settlement, run, alert, member, account, transaction, invitation, enrolment, recovery, webhook, delivery, line. */
  kind: string;
  state: string | null | undefined;
  testId?: string;
}

/** StateTag names a state in the product's word. The word carries the meaning, the colour only helps. */
export function StateTag({ kind, state, testId }: StateTagProps): ReactElement | null {
  const words = useWords();
  if (!state) return null;
  return (
    <Tag color={tones[state] ?? "default"} data-testid={testId ?? "state"} data-state={state}>
      {words.state(kind, state)}
    </Tag>
  );
}
