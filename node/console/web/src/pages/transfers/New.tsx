import { Alert, Checkbox, Form, Input, Skeleton } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router-dom";
import { usePages, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { remaining } from "../../lib/build";
import { type Fen, humanFen, parseFen } from "../../lib/money";
import { isCode } from "../../lib/problem";
import type { HoldingRow, Invoice, Member, Pack, Transfer } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { HoldingPicker, type Picked, freeOf, legsOf, pickAmount, pickedSum } from "../../parts/HoldingPicker";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { DateText } from "../../parts/Time";
import { Verified } from "./Covers";
import { coverOf, usable } from "../../parts/cover";

const longestReference = 64;

/** New pays somebody with parts of what the member holds: to whom, how much, out of what, for which invoices. */
export function New(): ReactElement {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const may = session.is("holder") && session.may("maker");
  return (
    <Page title={t("new.title")} sub={t("new.sub")} crumbs={[{ title: t("title"), to: "/transfers" }]} testId="transfer-form">
      {may ? <Fill /> : <Alert type="info" showIcon title={session.is("holder") ? t("do.onlyMaker") : t("new.onlyHolder")} />}
    </Page>
  );
}

function Fill(): ReactElement {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const receiver = useReceiver(params.get("to") ?? "");
  const paying = usePaying(receiver.id, params.get("certificate") ?? "", params.get("holding") ?? "");
  const covering = useCovering(receiver.id, paying.amount ?? 0n);
  const [reference, setReference] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const off = !receiver.ready
    ? t("new.first.receiver")
    : paying.amount === null
      ? t("new.first.amount")
      : paying.sum !== paying.amount
        ? t("new.first.holdings")
        : covering.missing > 0n
          ? t("new.first.invoices", { missing: humanFen(covering.missing) })
          : reference.trim() === ""
            ? t("new.first.reference")
            : undefined;
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const legs = await legsOf(session.api, paying.picked);
      setBusy(false);
      const done = await sign({
        ...call("certificate:Transfer", { to: receiver.id, reference: reference.trim(), legs, allocations: covering.allocations }),
        after: <p>{t("new.after")}</p>,
      });
      if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : `/transfers/${(done.result as { id: string }).id}`);
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <Form layout="vertical">
      <div className="stack">
        <Panel title={t("new.step.receiver")}>{receiver.form}</Panel>
        <Panel title={t("new.step.amount")}>{paying.form}</Panel>
        <Panel title={t("new.step.invoices")}>{covering.form}</Panel>
        <Panel title={t("new.step.reference")}>
          <Form.Item label={t("reference")} htmlFor="reference" extra={t("new.referenceHint")}>
            <Input id="reference" style={{ maxWidth: 420 }} value={reference} maxLength={longestReference} onChange={(event) => setReference(event.target.value)} data-testid="transfer-reference" />
          </Form.Item>
          {off && <p className="soft" data-testid="transfer-missing">{off}</p>}
          {error !== null && <ProblemBox error={error} />}
          <ActionButton label={t("new.send")} primary block busy={busy} disabled={off} onClick={() => void send()} testId="transfer-send" />
        </Panel>
      </div>
    </Form>
  );
}

interface Receiver {
  id: string;
  /** A member that can hold certificates. */
  ready: boolean;
  form: ReactElement;
}

/** useReceiver chooses who is paid, and knows when it has to be invited first. */
function useReceiver(start: string): Receiver {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const [id, setId] = useState(start);
  const sent = usePages<Transfer>("/v1/transfers", { direction: "sent", member: session.member.id }, 50);
  const owed = usePages<Invoice>("/v1/invoices", { role: "buyer", open: true }, 50);
  const known = [...new Set([...sent.items.map((x) => x.to), ...owed.items.map((i) => i.seller)])].slice(0, 30);
  const member = useRead<Member>(id ? `/v1/members/${id}` : null);
  const unknown = id !== "" && !!member.error && (isCode(member.error, "NOT_FOUND") || isCode(member.error, "NOT_AUTHORISED"));
  const ready = !!member.data && member.data.roles.includes("holder") && member.data.state === "active" && id !== session.member.id;
  const form = (
    <>
      <Form.Item label={t("to")} htmlFor="receiver" extra={t("new.receiverHint")} style={{ maxWidth: 480 }}>
        <MemberPicker id="receiver" value={id} onChange={setId} known={known} not={[session.member.id]} roles={["holder"]} label={t("to")} testId="transfer-to" />
      </Form.Item>
      {member.data?.state === "suspended" && <Alert type="warning" showIcon title={t("new.suspended")} />}
      {unknown ? (
        <Alert
          type="info"
          showIcon
          data-testid="transfer-invite"
          title={t("new.inviteTitle")}
          description={t("new.inviteHint")}
          action={<LinkButton to={`/invitations/new?id=${id}`} testId="transfer-invite-link">{t("new.invite")}</LinkButton>}
        />
      ) : (
        <p className="small">
          <span className="soft">{t("new.notThere")}</span> <Link to="/invitations/new">{t("new.invite")}</Link>
        </p>
      )}
    </>
  );
  return { id, ready, form };
}

interface Paying {
  amount: Fen | null;
  picked: Picked[];
  /** Of what was picked; null while a part has no valid amount. */
  sum: Fen | null;
  form: ReactElement;
}

/** usePaying takes the amount, and out of which holdings; it picks by itself until the person does. */
function usePaying(to: string, certificate: string, holding: string): Paying {
  const { t } = useTranslation("transfers");
  const session = useSession();
  const today = useToday();
  const pages = usePages<HoldingRow>("/v1/holdings", { owner: session.member.id, state: "active" }, 200);
  const [amount, setAmount] = useState<Fen | null>(null);
  const [picked, setPicked] = useState<Picked[]>([]);
  const rows = pages.items.filter((h) => h.debtor !== to && h.payment > today && !h.gone && !h.redeemed && freeOf(h) > 0n);
  const wanted = rows.filter((h) => h.certificate === certificate && (holding === "" || String(h.id) === holding));
  const others = rows.filter((h) => !wanted.includes(h));
  const most = rows.reduce((sum, h) => sum + freeOf(h), 0n);
  const pick = (next: Fen | null): void => {
    setAmount(next);
    if (next === null) return;
    const first = pickAmount(wanted, next);
    const left = next - (pickedSum(first) ?? 0n);
    setPicked(left > 0n ? [...first, ...pickAmount(others, left)] : first);
  };
  useEffect(() => {
    // A receiver that owes some of what was picked cannot be paid with it (the debt would end).
    setPicked((now) => now.filter((p) => p.row.debtor !== to));
  }, [to]);
  const choose = (next: Picked[]): void => {
    setPicked(next);
    const sum = pickedSum(next);
    if (sum !== null) setAmount(sum > 0n ? sum : null);
  };
  const form = pages.error ? (
    <ProblemBox error={pages.error} onRetry={pages.retry} />
  ) : pages.isLoading || today === "" ? (
    <Skeleton active paragraph={{ rows: 3 }} />
  ) : (
    <>
      <Form.Item label={t("amount")} htmlFor="amount" style={{ maxWidth: 480 }}>
        <AmountInput id="amount" value={amount} onChange={pick} max={most} testId="transfer-amount" />
      </Form.Item>
      <p className="soft small">{t("new.pickHint")}</p>
      <HoldingPicker rows={[...wanted, ...others]} value={picked} onChange={choose} label={t("new.step.amount")} testId="transfer-holdings" />
    </>
  );
  return { amount, picked, sum: pickedSum(picked), form };
}

interface Covering {
  allocations: { invoice: string; amount: string }[];
  missing: Fen;
  form: ReactElement;
}

/** useCovering takes the invoices of the receiver that cover the payment. */
function useCovering(to: string, amount: Fen): Covering {
  const { t } = useTranslation("transfers");
  const pack = useRead<Pack>("/v1/rules/pack", {}, { fresh: 60_000 });
  const pages = usePages<Invoice>(to ? "/v1/invoices" : null, { role: "buyer", counterparty: to, open: true }, 200);
  const [left, setLeft] = useState<string[]>([]);
  const needs = pack.data?.verificationNeeded ?? false;
  const mine = to ? pages.items.filter((i) => i.seller === to) : [];
  const fit = usable(mine, needs);
  const { allocations, missing } = coverOf(fit.filter((i) => !left.includes(i.fingerprint)), amount);
  const barred = mine.filter((i) => !fit.includes(i));
  const toggle = (fingerprint: string, on: boolean): void => setLeft(on ? left.filter((f) => f !== fingerprint) : [...left, fingerprint]);
  const form = !to ? (
    <p className="soft">{t("new.invoicesFirst")}</p>
  ) : pages.isLoading ? (
    <Skeleton active paragraph={{ rows: 2 }} />
  ) : pages.error ? (
    <ProblemBox error={pages.error} onRetry={pages.retry} />
  ) : mine.length === 0 ? (
    <Alert type="info" showIcon title={t("new.noInvoices")} description={<>{t("new.noInvoicesHint")} <Link to="/issue/invoices/new">{t("new.record")}</Link></>} data-testid="transfer-no-invoices" />
  ) : (
    <fieldset className="pick" style={{ border: 0, padding: 0, margin: 0 }} data-testid="transfer-invoices">
      <legend className="hidden-visually">{t("new.step.invoices")}</legend>
      <p className="soft">{t("new.invoicesHint")}</p>
      {fit.map((i) => (
        <InvoiceRow key={i.fingerprint} invoice={i} on={!left.includes(i.fingerprint)} used={allocations.find((a) => a.invoice === i.fingerprint)?.amount} onChange={(on) => toggle(i.fingerprint, on)} />
      ))}
      {barred.length > 0 && <p className="soft small">{t("new.barred", { count: barred.length })}</p>}
      <div className="sign-amount row-between" aria-live="polite">
        <span>{missing > 0n ? t("new.missing") : t("new.covered")}</span>
        <Money amount={missing > 0n ? missing : amount} testId="transfer-covered" />
      </div>
    </fieldset>
  );
  return { allocations, missing, form };
}

interface InvoiceRowProps {
  invoice: Invoice;
  on: boolean;
  /** How much of it this payment takes. */
  used: string | undefined;
  onChange: (on: boolean) => void;
}

function InvoiceRow({ invoice: i, on, used, onChange }: InvoiceRowProps): ReactElement {
  const { t } = useTranslation("transfers");
  return (
    <div className={on ? "pick-row on" : "pick-row"} data-row={i.fingerprint}>
      <Checkbox checked={on} onChange={(event) => onChange(event.target.checked)} aria-label={`${t("covers.invoice")} ${i.fingerprint.slice(0, 12)}`} />
      <div>
        <div>
          {t("covers.invoice")} <span className="mono">{i.fingerprint.slice(0, 12)}</span> <Verified invoice={i} />
        </div>
        <div className="soft small">
          <DateText date={i.date} /> · {t("covers.of")} <Money amount={i.amount} /> · {t("new.remaining")} <Money amount={remaining(i)} />
        </div>
      </div>
      <span className="num-right">{used ? <>{t("new.uses")} <Money amount={parseFen(used)} /></> : <span className="soft">{t("new.unused")}</span>}</span>
    </div>
  );
}
