import type { TFunction } from "i18next";
import { humanFen } from "../../lib/money";
import type { TradeContract } from "../../lib/records";

/** contractText names a contract in a choice: when it was signed, over how much, and the beginning of its id. */
export function contractText(k: TradeContract, t: TFunction<"issue">): string {
  const amount = k.amount === "0.00" ? t("contract.framework") : `¥${humanFen(k.amount)}`;
  return `${k.signed} · ${amount} · ${k.id.slice(0, 12)}`;
}
