import { Form, Input, Modal, Radio } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { rejectionOf, reportOf } from "../../lib/build";
import { type Fen, fenText, parseFen } from "../../lib/money";
import type { LegView } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { DocumentInput } from "../../parts/DocumentInput";
import { InstantInput } from "../../parts/InstantInput";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";

type Says = "accepted" | "paid" | "rejected" | "returned";

/** LegActions is what the banks of a leg can do about it by hand, and what its payee can do while it is not instructed. */
export function LegActions({ leg }: { leg: LegView }): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const sign = useSign();
  const [reporting, setReporting] = useState(false);
  const me = session.member.id;
  const off = session.may("maker") ? undefined : t("onlyMaker");
  const facts = { amount: leg.amount };
  const moving = leg.state === "instructed" || leg.state === "accepted";
  const payerBank = me === leg.payerBank;
  const says: Says[] = [
    ...(moving && payerBank ? (["accepted", "rejected"] as const) : []),
    ...(moving && me === leg.payeeBank ? (["paid"] as const) : []),
    ...(leg.state === "settled" && me === leg.payeeBank ? (["returned"] as const) : []),
  ];
  const can = {
    instruct: leg.state === "agreed" && payerBank && leg.payeeAccount !== "",
    replace: payerBank && (leg.kept || (leg.state === "agreed" && leg.payeeAccount === "")),
    drop: (payerBank || me === leg.payee) && (leg.kept || leg.state === "agreed") && leg.purpose === "clearing",
  };
  const nothing = says.length === 0 && !Object.values(can).includes(true);
  return (
    <div className="stack">
      {nothing && <p className="soft">{t("act.nothing")}</p>}
      {leg.kept && <p>{t("act.keptAbout")}</p>}
      <div className="row">
        {can.instruct && <ActionButton label={t("act.instruct")} primary disabled={off} onClick={() => void sign({ ...call("settlement:Instruct", { id: leg.id }), facts, after: <p>{t("instruct.after")}</p> })} testId="leg-instruct" />}
        {says.length > 0 && <ActionButton label={t("act.report")} primary={moving} disabled={off} onClick={() => setReporting(true)} testId="leg-report" />}
        {can.replace && <ActionButton label={t("act.replace")} primary disabled={off} onClick={() => void sign({ ...call("clearing:Replace", { leg: leg.id }), facts, after: <p>{t("act.replaceAfter")}</p> })} testId="leg-replace" />}
        {can.drop && <ReasonButton label={t("act.drop")} about={t("act.dropAbout")} danger disabled={off} onReason={(reason) => void sign({ ...call("clearing:Drop", { leg: leg.id, reason }), facts, after: <p>{t("act.dropAfter")}</p> })} testId="leg-drop" />}
      </div>
      {reporting && <Report leg={leg} choices={says} onEnd={() => setReporting(false)} />}
    </div>
  );
}

/** Report is a bank's word about one leg, for what no file says. */
function Report({ leg, choices, onEnd }: { leg: LegView; choices: Says[]; onEnd: () => void }): ReactElement {
  const { t } = useTranslation("clearing");
  const sign = useSign();
  const now = useStatus().data?.ledgerTime ?? "";
  const [says, setSays] = useState<Says>(choices[0] ?? "accepted");
  const [amount, setAmount] = useState<Fen | null>(null);
  const [reference, setReference] = useState("");
  const [given, setAt] = useState("");
  const [reason, setReason] = useState("");
  const [evidence, setEvidence] = useState("");
  const at = given || now;
  const money = says === "accepted" || says === "paid";
  const ready = money ? amount !== null && reference.trim() !== "" && at !== "" : reason.trim() !== "" && (says !== "rejected" || evidence !== "");
  const send = (): void => {
    const text = fenText(amount ?? 0n);
    const made = money ? reportOf({ ...leg, amount: text }, says, reference.trim(), at) : rejectionOf(leg.id, says, reason.trim(), evidence);
    onEnd();
    void sign({ ...made, facts: { amount: money ? text : leg.amount }, after: <p>{t(`act.after.${says}`)}</p> });
  };
  const other = money && amount !== null && amount !== parseFen(leg.amount);
  return (
    <Modal open title={t("act.report")} onCancel={onEnd} onOk={send} okText={t("next")} cancelText={t("cancel")} okButtonProps={{ disabled: !ready, ...{ "data-testid": "report-next" } }} destroyOnHidden>
      <Form layout="vertical">
        <Form.Item label={t("act.what")}>
          <Radio.Group value={says} onChange={(e) => setSays(e.target.value as Says)} options={choices.map((c) => ({ value: c, label: t(`act.says.${c}`) }))} aria-label={t("act.what")} data-testid="report-says" />
        </Form.Item>
        {money ? (
          <>
            <Form.Item label={t("act.amount")} htmlFor="report-amount" extra={other ? <span className="warn">{t("act.otherAmount")}</span> : t("act.amountHint")}>
              <AmountInput id="report-amount" value={amount} onChange={setAmount} testId="report-amount" />
            </Form.Item>
            <Form.Item label={t("reference")} htmlFor="report-reference" extra={t("act.referenceHint")}>
              <Input id="report-reference" value={reference} maxLength={64} onChange={(e) => setReference(e.target.value)} data-testid="report-reference" />
            </Form.Item>
            <Form.Item label={t("act.at")} htmlFor="report-at">
              <InstantInput id="report-at" value={at} onChange={setAt} label={t("act.at")} testId="report-at" />
            </Form.Item>
          </>
        ) : (
          <>
            <Form.Item label={t("act.reason")} htmlFor="report-reason">
              <Input id="report-reason" value={reason} maxLength={256} onChange={(e) => setReason(e.target.value)} data-testid="report-reason" />
            </Form.Item>
            <DocumentInput label={t("act.evidence")} value={evidence} onChange={setEvidence} testId="report-evidence" />
          </>
        )}
      </Form>
    </Modal>
  );
}
