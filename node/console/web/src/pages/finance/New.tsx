import { Alert, Form } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router-dom";
import { usePages, useRead, useToday } from "../../app/query";
import { useAccess, useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { base64 } from "../../lib/base64";
import { instantText, parseInstant } from "../../lib/calendar";
import type { Fen } from "../../lib/money";
import { refuse } from "../../lib/problem";
import type { HoldingRow, Pack } from "../../lib/records";
import { AccountPicker } from "../../parts/AccountPicker";
import { AmountInput } from "../../parts/AmountInput";
import { HoldingPicker, type Picked, freeOf, legsOf, pickAmount, pickedSum } from "../../parts/HoldingPicker";
import { InstantInput } from "../../parts/InstantInput";
import { BankPicker } from "../../parts/MemberPicker";
import { Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { useNow } from "../../parts/deal";
import { AtOnce } from "./AtOnce";

const hour = 3_600_000;
const usualHours = 2;

/** New turns holdings into cash: at once at a posted rate, or at the best of the quotes that banks are asked for. */
export function New(): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const may = session.is("holder") && session.may("maker");
  return (
    <Page title={t("new.title")} sub={t("new.sub")} crumbs={[{ title: t("title"), to: "/finance" }]} testId="finance-form">
      {may ? <Fill /> : <Alert type="info" showIcon title={t(session.is("holder") ? "onlyMaker" : "new.onlyHolder")} />}
    </Page>
  );
}

function Fill(): ReactElement {
  const { t } = useTranslation("finance");
  const [account, setAccount] = useState("");
  const taking = useTaking();
  return (
    <Form layout="vertical">
      <div className="stack">
        <Panel title={t("new.step.amount")}>{taking.form}</Panel>
        <Panel title={t("new.step.account")}>
          <Form.Item label={t("new.account")} htmlFor="account" extra={t("new.accountHint")} style={{ maxWidth: 420, marginBottom: 0 }}>
            <AccountPicker id="account" value={account} onChange={setAccount} label={t("new.account")} testId="finance-account" />
          </Form.Item>
        </Panel>
        <AtOnce picked={taking.picked} ready={taking.ready} account={account} />
        <Ask picked={taking.picked} ready={taking.ready} account={account} />
      </div>
    </Form>
  );
}

interface Taking {
  picked: Picked[];
  /** The sum is the amount. */
  ready: boolean;
  form: ReactElement;
}

/** useTaking takes the amount and out of which holdings; it picks by itself, the latest payment dates last. */
function useTaking(): Taking {
  const { t } = useTranslation("finance");
  const session = useSession();
  const today = useToday();
  const [params] = useSearchParams();
  const pages = usePages<HoldingRow>("/v1/holdings", { owner: session.member.id, state: "active" }, 200);
  const [amount, setAmount] = useState<Fen | null>(null);
  const [picked, setPicked] = useState<Picked[]>([]);
  const [certificate, holding] = [params.get("certificate") ?? "", params.get("holding") ?? ""];
  const rows = pages.items.filter((h) => h.payment > today && !h.gone && !h.redeemed && freeOf(h) > 0n);
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
  const early = amount !== null && picked.length === 0 && rows.length > 0;
  useEffect(() => {
    if (early) pick(amount); // the amount was given before the holdings were there
  }, [early]);
  const choose = (next: Picked[]): void => {
    setPicked(next);
    const sum = pickedSum(next);
    if (sum !== null) setAmount(sum > 0n ? sum : null);
  };
  const form = pages.error ? (
    <ProblemBox error={pages.error} onRetry={pages.retry} />
  ) : (
    <>
      <Form.Item label={t("amount")} htmlFor="amount" style={{ maxWidth: 420 }}>
        <AmountInput id="amount" value={amount} onChange={pick} max={most} testId="finance-amount" />
      </Form.Item>
      <p className="soft small">{t("new.pickHint")}</p>
      <HoldingPicker rows={[...wanted, ...others]} value={picked} onChange={choose} label={t("new.step.amount")} testId="finance-holdings" />
    </>
  );
  return { picked, ready: amount !== null && pickedSum(picked) === amount, form };
}

interface AskProps {
  picked: Picked[];
  ready: boolean;
  account: string;
}

/** Ask invites banks to quote until a deadline; the quotes are sealed to a key that stays in this browser. */
function Ask({ picked, ready, account }: AskProps): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const { vault } = useAccess();
  const sign = useSign();
  const navigate = useNavigate();
  const now = useNow();
  const pack = useRead<Pack>("/v1/rules/pack", {}, { fresh: 60_000 });
  const [banks, setBanks] = useState<string[]>([]);
  const [given, setGiven] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const until = given || (now ? instantText(parseInstant(now) + usualHours * hour) : "");
  const firstPayment = picked.map((p) => p.row.payment).sort()[0] ?? "";
  const off = offOf();
  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      if (!vault) return refuse("CLIENT_STORAGE", t("new.noVault"));
      const [legs, key] = [await legsOf(session.api, picked), await vault.makeReplyKey(session.member.id)];
      setBusy(false);
      const done = await sign({
        ...call("financing:Request", { legs, account, invited: banks.length > 0 ? banks : undefined, quotesUntil: until, replyKey: base64(key.public.raw) }),
        after: <p>{t("new.after")}</p>,
      });
      if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : `/finance/${(done.result as { id: string }).id}`);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={t("new.step.ask")} testId="finance-ask">
      <p className="soft">{t("new.askAbout")}</p>
      <div className="grid-two" style={{ marginTop: 12 }}>
        <Form.Item label={t("new.banks")} htmlFor="banks" extra={t("new.banksHint")}>
          <BankPicker id="banks" multiple value={banks} onChange={(v) => setBanks(Array.isArray(v) ? v : [v])} label={t("new.banks")} testId="finance-banks" />
        </Form.Item>
        <Form.Item label={t("new.until")} htmlFor="until" extra={t("new.untilHint", { days: pack.data?.requestDays ?? "" })}>
          <InstantInput id="until" value={until} onChange={setGiven} label={t("new.until")} testId="finance-until" />
        </Form.Item>
      </div>
      {off && <p className="soft" data-testid="finance-missing">{off}</p>}
      {error !== null && <ProblemBox error={error} />}
      <ActionButton label={t("new.send")} primary block busy={busy} disabled={off} onClick={() => void send()} testId="finance-send" />
    </Panel>
  );

  function offOf(): string | undefined {
    if (!ready) return t("new.first.amount");
    if (account === "") return t("new.first.account");
    if (until === "" || (now !== "" && parseInstant(until) <= parseInstant(now))) return t("new.first.until");
    if (firstPayment !== "" && until.slice(0, 10) >= firstPayment) return t("new.first.payment", { date: firstPayment });
    return undefined;
  }
}
