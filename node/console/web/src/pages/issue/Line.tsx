import { Alert, Form, Select, Skeleton } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames, usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { type Fen, humanFen, parseFen } from "../../lib/money";
import type { Line } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { ProblemBox } from "../../parts/ProblemBox";
import { DateText } from "../../parts/Time";

/** leftOf is what can still be reserved on a line. */
export function leftOf(line: Line): Fen {
  const left = parseFen(line.limit) - parseFen(line.used) - parseFen(line.reserved);
  return left > 0n ? left : 0n;
}

/** useLine chooses the credit line of a bank that stands behind the promise, or none. */
export function useLine(face: Fen): { chosen: Line | undefined; short: boolean; form: ReactElement } {
  const { t } = useTranslation("issue");
  const session = useSession();
  const today = useToday();
  const [key, setKey] = useState("");
  const pages = usePages<Line>("/v1/lines", {}, 200);
  const mine = pages.items.filter((l) => l.debtor === session.member.id && !l.frozen && l.from <= today && today <= l.to);
  const names = useNames(mine.map((l) => l.bank));
  const chosen = mine.find((l) => `${l.bank}/${l.id}` === key);
  const short = !!chosen && face > leftOf(chosen);
  const form = pages.isLoading ? (
    <Skeleton active paragraph={{ rows: 1 }} />
  ) : pages.error ? (
    <ProblemBox error={pages.error} onRetry={pages.retry} />
  ) : mine.length === 0 ? (
    <p className="soft">{t("line.none")}</p>
  ) : (
    <div className="stack">
      <Form.Item label={t("line.label")} htmlFor="line" extra={t("line.hint")} style={{ maxWidth: 560, marginBottom: 0 }}>
        <Select
          id="line"
          data-testid="issue-line"
          value={key}
          onChange={setKey}
          options={[
            { value: "", label: t("line.without") },
            ...mine.map((l) => ({ value: `${l.bank}/${l.id}`, label: `${names(l.bank)} · ${l.id} · ${t("line.left")} ¥${humanFen(leftOf(l))}` })),
          ]}
        />
      </Form.Item>
      {chosen && (
        <Facts
          items={[
            { label: t("line.limit"), value: <Money amount={chosen.limit} /> },
            { label: t("line.left"), value: <Money amount={leftOf(chosen)} />, testId: "issue-line-left" },
            { label: t("line.after"), value: short ? null : <Money amount={leftOf(chosen) - face} />, testId: "issue-line-after" },
            { label: t("line.until"), value: <DateText date={chosen.to} from={today} /> },
          ]}
        />
      )}
      {short && <Alert type="error" showIcon title={t("line.short")} />}
    </div>
  );
  return { chosen, short, form };
}
