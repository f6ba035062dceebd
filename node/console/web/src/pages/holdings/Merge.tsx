import { Checkbox } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { humanFen, sumFen } from "../../lib/money";
import type { Holding } from "../../lib/records";
import { Money } from "../../parts/Money";
import { ActionButton } from "../../parts/ReasonButton";
import { Frame } from "./Frame";
import { isRun, neighbours, sizeOf } from "./holding";

/** Merge joins holdings that lie side by side into one. */
export function Merge(): ReactElement {
  const { t } = useTranslation("holdings");
  return (
    <Frame title={t("merge.title")} sub={t("merge.sub")} testId="merge">
      {(certificate, holding) => <Choose row={neighbours(certificate, holding)} />}
    </Frame>
  );
}

function Choose({ row }: { row: Holding[] }): ReactElement {
  const { t } = useTranslation("holdings");
  const sign = useSign();
  const navigate = useNavigate();
  const [left, setLeft] = useState<number[]>([]);
  const chosen = row.filter((h) => !left.includes(h.id));
  const sum = sumFen(chosen.map(sizeOf));
  const off = row.length < 2 ? t("merge.none") : chosen.length < 2 ? t("merge.two") : isRun(chosen) ? undefined : t("merge.gap");
  const merge = async (): Promise<void> => {
    const first = chosen[0];
    if (!first) return;
    const done = await sign({
      ...call("certificate:Merge", { certificate: first.certificate, holdings: chosen.map((h) => ({ holding: h.id, version: h.version })) }),
      facts: { lines: [{ label: t("merge.result"), text: `¥${humanFen(sum)}`, strong: true }] },
    });
    if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : `/holdings/${first.certificate}/${first.id}`);
  };
  return (
    <div className="stack" style={{ maxWidth: 560 }}>
      <fieldset className="pick" style={{ border: 0, padding: 0, margin: 0 }}>
        <legend className="hidden-visually">{t("merge.title")}</legend>
        {row.map((h) => (
          <div key={h.id} className={left.includes(h.id) ? "pick-row" : "pick-row on"}>
            <Checkbox
              checked={!left.includes(h.id)}
              onChange={(event) => setLeft(event.target.checked ? left.filter((id) => id !== h.id) : [...left, h.id])}
              aria-label={t("merge.choose", { id: h.id })}
              data-testid={`merge-${h.id}`}
            />
            <span className="soft small num">{h.interval}</span>
            <span className="num-right">
              <Money amount={sizeOf(h)} />
            </span>
          </div>
        ))}
      </fieldset>
      <div className="sign-amount row-between" aria-live="polite">
        <span>{t("merge.result")}</span>
        <Money amount={sum} testId="merge-sum" />
      </div>
      {off && <p className="soft small">{off}</p>}
      <ActionButton label={t("do.merge")} primary block disabled={off} onClick={() => void merge()} testId="merge-send" />
    </div>
  );
}
