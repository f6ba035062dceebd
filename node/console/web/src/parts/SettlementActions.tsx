import { Alert, Form, Input, Modal } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../app/session";
import { useSign } from "../app/sign";
import { useWords } from "../app/words";
import { call } from "../lib/arguments";
import { adviceOf } from "../lib/build";
import { parseInstant } from "../lib/calendar";
import { type Fen, fenText, parseFen } from "../lib/money";
import type { Settlement } from "../lib/records";
import { AmountInput } from "./AmountInput";
import { DocumentInput } from "./DocumentInput";
import { InstantInput } from "./InstantInput";
import { Money } from "./Money";
import { MemberName } from "./Names";
import type { Column } from "./PagedTable";
import { ActionButton, ReasonButton } from "./ReasonButton";
import { StateTag } from "./StateTag";
import { InstantText } from "./Time";
import { useNow } from "./deal";

interface Props {
  settlement: Settlement;
  /** It is cancelled elsewhere on the page. */
  noCancel?: boolean;
  /** Why the payment cannot be instructed yet. */
  notYet?: string;
}

/** SettlementActions is what the viewer can do about a payment: instruct, advise, confirm, dispute, prove that nothing was paid, cancel. */
export function SettlementActions({ settlement: s, noCancel, notYet }: Props): ReactElement {
  const { t } = useTranslation("deal");
  const session = useSession();
  const sign = useSign();
  const me = session.member.id;
  const off = session.may("maker") ? undefined : t("onlyMaker");
  const [asks, setAsks] = useState<"advise" | "confirm" | "notPaid" | null>(null);
  const moving = s.state === "instructed" || s.state === "accepted";
  const bank = me === s.payerBank || me === s.payeeBank;
  const facts = { amount: s.amount };
  const can = {
    instruct: s.state === "agreed" && me === s.payerBank,
    advise: moving && bank && session.is("funder"),
    confirm: moving && me === s.payee && me !== s.payeeBank,
    notPaid: moving && me === s.payerBank,
    dispute: moving && s.disputedAt === null && me === s.payee && me !== s.payeeBank,
    cancel: !noCancel && (s.state === "agreed" || s.state === "open") && (me === s.payer || me === s.payee),
  };
  const nothing = !Object.values(can).includes(true);
  return (
    <div className="stack" data-testid="settlement-actions">
      <p className="soft">{t(`pay.about.${s.state}`)}</p>
      {nothing && <p>{t("pay.nothing")}</p>}
      {can.instruct && notYet && <Alert type="info" showIcon title={notYet} />}
      <div className="row">
        {can.instruct && (
          <ActionButton label={t("pay.instruct")} primary disabled={off ?? notYet} onClick={() => void sign({ ...call("settlement:Instruct", { id: s.id }), facts, after: <p>{t("pay.instructAfter")}</p> })} testId="settlement-instruct" />
        )}
        {can.advise && <ActionButton label={t("pay.advise")} primary disabled={off} onClick={() => setAsks("advise")} testId="settlement-advise" />}
        {can.confirm && <ActionButton label={t("pay.confirm")} primary disabled={off} onClick={() => setAsks("confirm")} testId="settlement-confirm" />}
        {can.notPaid && <ActionButton label={t("pay.notPaid")} danger disabled={off} onClick={() => setAsks("notPaid")} testId="settlement-not-paid" />}
        {can.dispute && (
          <ReasonButton label={t("pay.dispute")} about={t("pay.disputeAbout")} usual={[t("pay.notArrived"), t("pay.otherAmount")]} disabled={off} onReason={(reason) => void sign({ ...call("settlement:Dispute", { id: s.id, reason }), facts })} testId="settlement-dispute" />
        )}
        {can.cancel && <ReasonButton label={t("pay.cancel")} about={t("pay.cancelAbout")} danger disabled={off} onReason={(reason) => void sign({ ...call("settlement:Cancel", { id: s.id, reason }), facts })} testId="settlement-cancel" />}
      </div>
      {(asks === "advise" || asks === "confirm") && <Advise settlement={s} by={asks} onEnd={() => setAsks(null)} />}
      {asks === "notPaid" && <NotPaid settlement={s} onEnd={() => setAsks(null)} />}
    </div>
  );
}

function Advise({ settlement: s, by, onEnd }: { settlement: Settlement; by: "advise" | "confirm"; onEnd: () => void }): ReactElement {
  const { t } = useTranslation("deal");
  const sign = useSign();
  const now = useNow();
  const [reference, setReference] = useState("");
  const [amount, setAmount] = useState<Fen | null>(null);
  const [given, setCredited] = useState("");
  const credited = given || now;
  const other = amount !== null && amount !== parseFen(s.amount);
  const ready = reference.trim() !== "" && amount !== null && !other && credited !== "" && (now === "" || parseInstant(credited) <= parseInstant(now));
  const send = (): void => {
    const argument = { ...adviceOf(s, reference.trim(), credited), amount: fenText(amount ?? 0n) };
    onEnd();
    void sign({ ...(by === "advise" ? call("settlement:Advise", argument) : call("settlement:Confirm", argument)), facts: { amount: argument.amount }, after: <p>{t("pay.adviseAfter")}</p> });
  };
  return (
    <Modal open title={t(`pay.${by}`)} onCancel={onEnd} onOk={send} okText={t("pay.next")} cancelText={t("pay.back")} okButtonProps={{ disabled: !ready, ...{ "data-testid": "advise-next" } }} destroyOnHidden>
      <Form layout="vertical">
        <p className="soft">{t(by === "advise" ? "pay.adviseAbout" : "pay.confirmAbout")}</p>
        <p style={{ margin: "12px 0" }}>
          <MemberName id={s.payer} /> ({s.payerAccount}) → <MemberName id={s.payee} /> ({s.payeeAccount}) · <Money amount={s.amount} />
        </p>
        <Form.Item label={t("pay.amount")} htmlFor="advise-amount" validateStatus={other ? "error" : undefined} help={other ? t("pay.amountOther") : undefined}>
          <AmountInput id="advise-amount" value={amount} onChange={setAmount} testId="advise-amount" />
        </Form.Item>
        <Form.Item label={t("pay.reference")} htmlFor="advise-reference" extra={t("pay.referenceHint")}>
          <Input id="advise-reference" value={reference} maxLength={64} onChange={(e) => setReference(e.target.value)} data-testid="advise-reference" />
        </Form.Item>
        <Form.Item label={t("pay.credited")} htmlFor="advise-credited">
          <InstantInput id="advise-credited" value={credited} onChange={setCredited} label={t("pay.credited")} testId="advise-credited" />
        </Form.Item>
      </Form>
    </Modal>
  );
}

function NotPaid({ settlement: s, onEnd }: { settlement: Settlement; onEnd: () => void }): ReactElement {
  const { t } = useTranslation("deal");
  const sign = useSign();
  const [reason, setReason] = useState("");
  const [evidence, setEvidence] = useState("");
  const send = (): void => {
    onEnd();
    void sign({ ...call("settlement:NotPaid", { id: s.id, reason: reason.trim(), evidence }), facts: { amount: s.amount } });
  };
  return (
    <Modal open title={t("pay.notPaid")} onCancel={onEnd} onOk={send} okText={t("pay.next")} cancelText={t("pay.back")} okButtonProps={{ danger: true, disabled: reason.trim() === "" || evidence === "" }} destroyOnHidden>
      <Form layout="vertical">
        <p className="soft">{t("pay.notPaidAbout")}</p>
        <Form.Item label={t("pay.reason")} htmlFor="not-paid-reason">
          <Input id="not-paid-reason" value={reason} maxLength={256} onChange={(e) => setReason(e.target.value)} data-testid="not-paid-reason" />
        </Form.Item>
        <DocumentInput label={t("pay.evidence")} value={evidence} onChange={setEvidence} testId="not-paid-evidence" />
      </Form>
    </Modal>
  );
}

/** useSettlementColumns are the columns of a list of payments. */
export function useSettlementColumns(): Column<Settlement>[] {
  const { t } = useTranslation("deal");
  const words = useWords();
  const now = useNow();
  return [
    { key: "purpose", title: t("pay.purpose"), phone: "title", render: (s) => words.of("purpose", s.purpose) },
    { key: "payer", title: t("pay.payer"), render: (s) => <MemberName id={s.payer} /> },
    { key: "payee", title: t("pay.payee"), render: (s) => <MemberName id={s.payee} /> },
    { key: "amount", title: t("pay.sum"), end: true, render: (s) => <Money amount={s.amount} /> },
    { key: "state", title: t("pay.state"), render: (s) => <StateTag kind="settlement" state={s.state} /> },
    { key: "remark", title: t("pay.remark"), render: (s) => <Remark settlement={s} now={now} /> },
  ];
}

function Remark({ settlement: s, now }: { settlement: Settlement; now: string }): ReactElement | null {
  const { t } = useTranslation("deal");
  const moving = s.state === "instructed" || s.state === "accepted";
  if (s.disputedAt !== null) return <span className="bad">{t("pay.disputed")}</span>;
  if (moving && s.staleAt !== null && now !== "" && parseInstant(s.staleAt) <= parseInstant(now)) return <span className="warn">{t("pay.stale")}</span>;
  if (moving) return <span className="soft small">{t("pay.since")} <InstantText at={s.instruction.at} /></span>;
  return s.lapsesAt !== null ? <span className="soft small">{t("pay.lapses")} <InstantText at={s.lapsesAt} /></span> : null;
}
