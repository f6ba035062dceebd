import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Form } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type Fen, fenText, humanFen, parseFen, sumFen } from "../../lib/money";
import type { Holding, Pack } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { Money } from "../../parts/Money";
import { ActionButton } from "../../parts/ReasonButton";
import { Frame } from "./Frame";
import { sizeOf } from "./holding";

/** Split cuts pieces off a holding; all stay the member's. */
export function Split(): ReactElement {
  const { t } = useTranslation("holdings");
  return (
    <Frame title={t("split.title")} sub={t("split.sub")} testId="split">
      {(_, holding) => <Pieces holding={holding} />}
    </Frame>
  );
}

const mostPieces = 20;

function Pieces({ holding: h }: { holding: Holding }): ReactElement {
  const { t } = useTranslation("holdings");
  const sign = useSign();
  const navigate = useNavigate();
  const pack = useRead<Pack>("/v1/rules/pack");
  const [amounts, setAmounts] = useState<(Fen | null)[]>([null]);
  const whole = sizeOf(h);
  const sum = sumFen(amounts.map((a) => a ?? 0n));
  const rest = whole - sum;
  const least = parseFen(pack.data?.smallestPiece ?? "0.01");
  const off = whyOff();
  const change = (i: number, amount: Fen | null): void => setAmounts(amounts.map((a, j) => (j === i ? amount : a)));
  const split = async (): Promise<void> => {
    const pieces = amounts.map((a) => fenText(a ?? 0n));
    const done = await sign({
      ...call("certificate:Split", { certificate: h.certificate, holding: h.id, version: h.version, interval: h.interval, amounts: pieces }),
      facts: { lines: [{ label: t("split.rest"), text: `¥${humanFen(rest)}`, strong: true }] },
    });
    if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : "/holdings");
  };
  return (
    <Form layout="vertical" style={{ maxWidth: 560 }}>
      <p>
        {t("split.whole")} <Money amount={whole} />
      </p>
      {amounts.map((amount, i) => (
        <Form.Item key={i} label={t("split.piece", { number: i + 1 })} htmlFor={`piece-${i}`} style={{ marginBottom: 8 }}>
          <div className="row" style={{ flexWrap: "nowrap", alignItems: "flex-start" }}>
            <div style={{ flex: 1 }}>
              <AmountInput id={`piece-${i}`} value={amount} onChange={(a) => change(i, a)} testId={`split-piece-${i}`} />
            </div>
            {amounts.length > 1 && (
              <Button icon={<DeleteOutlined />} aria-label={t("split.remove", { number: i + 1 })} onClick={() => setAmounts(amounts.filter((_, j) => j !== i))} />
            )}
          </div>
        </Form.Item>
      ))}
      <div className="stack">
        <div>
          <Button icon={<PlusOutlined />} disabled={amounts.length >= mostPieces} onClick={() => setAmounts([...amounts, null])} data-testid="split-more">
            {t("split.more")}
          </Button>
        </div>
        <div className="sign-amount row-between" aria-live="polite">
          <span>{t("split.rest")}</span>
          <Money amount={rest > 0n ? rest : 0n} testId="split-rest" />
        </div>
        {off && <p className="soft small">{off}</p>}
        <ActionButton label={t("do.split")} primary block disabled={off} onClick={() => void split()} testId="split-send" />
      </div>
    </Form>
  );

  function whyOff(): string | undefined {
    if (amounts.some((a) => a === null)) return t("split.fill");
    if (rest <= 0n) return t("split.tooMuch");
    if (rest < least || amounts.some((a) => a !== null && a < least)) return t("split.tooSmall", { least: humanFen(least) });
    return undefined;
  }
}
