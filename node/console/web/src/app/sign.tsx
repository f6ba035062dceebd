// Signing: nothing leaves the browser signed before the person has read in plain
// words what it says, and every signed transaction is kept before it is sent.
import { CheckCircleOutlined, ClockCircleOutlined, EditOutlined, UserOutlined } from "@ant-design/icons";
import { Alert, Button, Modal, Spin } from "antd";
import { type ReactElement, type ReactNode, createContext, useCallback, useContext, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { type SignedCall, outcomeOf } from "../lib/api";
import { argumentText } from "../lib/jws";
import { type Fen, parseFen } from "../lib/money";
import { isCode } from "../lib/problem";
import type { Outcome, Quorum } from "../lib/records";
import { Capital, Money } from "../parts/Money";
import { Digest } from "../parts/Names";
import { ProblemBox } from "../parts/ProblemBox";
import { InstantText } from "../parts/Time";
import { type PlainFacts, PlainWords, usePlainWords } from "./plainly";
import { useFunctions, useRefresh } from "./query";
import { type Session, useSession } from "./session";
import { useWords } from "./words";

/** What is to be signed. */
export interface SignRequest {
  /** "certificate:Issue". */
  function: string;
  /** The function's own argument, also when it goes to a checker. */
  argument: object;
  /** Heading of the dialog; the function's title in plain words when left out. */
  title?: string;
  /** What the record says that the argument only names: amount, all-in cost, lines to look at. */
  facts?: PlainFacts;
  /** More to read before signing: a comparison of quotes, a warning. */
  note?: ReactNode;
  /** Shown after it succeeded, for what comes next. */
  after?: ReactNode;
  /** Ask for approval although nothing requires it. */
  propose?: boolean;
  /** The other party, for a function that needs its approval and does not name it. */
  counterparty?: string;
}

/** What became of it. */
export interface SignResult {
  outcome: Outcome;
  /** What the function returned; for a proposal, see proposal. */
  result: unknown;
  /** Set when it now waits for approval. */
  proposal: { id: string; manifest: string; quorum: Quorum; expires: string } | null;
}

type Sign = (request: SignRequest) => Promise<SignResult | null>;

const SignContext = createContext<Sign | null>(null);

/**
 * useSign gives the function that shows what is to be signed, signs, sends and waits. It resolves with the result, or
 * with null when the person closed the dialog without one: a refusal was shown there then.
 */
export function useSign(): Sign {
  const sign = useContext(SignContext);
  if (!sign) throw new Error("useSign outside of SignProvider");
  return sign;
}

interface Asked {
  request: SignRequest;
  resolve: (result: SignResult | null) => void;
  serial: number;
}

/** SignProvider holds the one dialog for signing. */
export function SignProvider({ children }: { children: ReactNode }): ReactElement {
  const [asked, setAsked] = useState<Asked | null>(null);
  const serial = useRef(0);
  const sign = useCallback<Sign>(
    (request) =>
      new Promise((resolve) => {
        serial.current += 1;
        setAsked({ request, resolve, serial: serial.current });
      }),
    [],
  );
  return (
    <SignContext.Provider value={sign}>
      {children}
      {asked && (
        <SignDialog
          key={asked.serial}
          request={asked.request}
          onEnd={(result) => {
            asked.resolve(result);
            setAsked(null);
          }}
        />
      )}
    </SignContext.Provider>
  );
}

/** Whether a member's policy has a checker look at a call; "unknown" when the amount decides and is not known. */
export function policyAsks(session: Session, name: string, amount: Fen | null): "yes" | "no" | "unknown" {
  const rules = session.viewer.policy;
  const rule = rules.find((r) => r.function === name) ?? rules.find((r) => r.function === "*");
  if (!rule || name.startsWith("approval:") || name === "member:RevokeCredential") return "no";
  const from = parseFen(rule.from);
  if (from <= 1n) return "yes";
  if (amount === null) return "unknown";
  return amount >= from ? "yes" : "no";
}

type Step = "read" | "working" | "done" | "refused" | "unknown";

function SignDialog({
  request,
  onEnd,
}: {
  request: SignRequest;
  onEnd: (result: SignResult | null) => void;
}): ReactElement {
  const { t } = useTranslation();
  const session = useSession();
  const refresh = useRefresh();
  const functions = useFunctions();
  const [step, setStep] = useState<Step>("read");
  const [error, setError] = useState<unknown>(null);
  const [result, setResult] = useState<SignResult | null>(null);
  const [asked, setAsked] = useState(false); // the ledger asked for approval
  const signed = useRef<SignedCall | null>(null);

  const info = functions?.get(request.function);
  const quorum = info?.quorum && info.quorum !== "none" ? info.quorum : null;
  const plain = usePlainWords(request.function, request.argument, request.facts);
  const amount = plain.amount === "" ? null : parseFen(plain.amount);
  const proposing =
    request.propose || quorum !== null || asked || policyAsks(session, request.function, amount) === "yes";

  const send = async (call: SignedCall): Promise<void> => {
    setStep("working");
    setError(null);
    try {
      const outcome = outcomeOf(await session.api.submit(call));
      const proposal = call.function === "approval:Propose" ? (outcome.result as SignResult["proposal"]) : null;
      setResult({ outcome, result: outcome.result, proposal });
      setStep("done");
      void refresh();
    } catch (reason) {
      setError(reason);
      if (isCode(reason, "APPROVAL_REQUIRED")) setAsked(true);
      setStep(isCode(reason, "TIMED_OUT") || isCode(reason, "UNREACHABLE") ? "unknown" : "refused");
    }
  };

  const start = async (): Promise<void> => {
    setStep("working");
    try {
      const call = proposing
        ? await session.api.sign("approval:Propose", {
            function: request.function,
            argument: JSON.parse(argumentText(request.argument)) as object,
            counterparty: request.counterparty,
          })
        : await session.api.sign(request.function, request.argument);
      signed.current = call;
      await send(call);
    } catch (reason) {
      setError(reason);
      setStep("refused");
    }
  };

  const busy = step === "working";
  return (
    <Modal
      open
      title={request.title ?? plain.title}
      width={600}
      onCancel={() => !busy && onEnd(result)}
      closable={!busy}
      mask={{ closable: false }}
      keyboard={!busy}
      destroyOnHidden
      footer={
        <SignFooter
          step={step}
          proposing={proposing}
          asked={asked}
          onSign={() => void start()}
          onAgain={() => signed.current && void send(signed.current)}
          onClose={() => onEnd(result)}
          ready={functions !== null}
        />
      }
    >
      <div className="stack" data-testid="sign-dialog" data-step={step}>
        {step !== "done" && (
          <>
            {amount !== null && (
              <div className="sign-amount">
                <Money amount={amount} big testId="sign-amount" />
                <div>
                  <Capital amount={amount} />
                </div>
              </div>
            )}
            <PlainWords words={plain} />
            {request.note}
            <Signer session={session} proposing={proposing} quorum={quorum} />
          </>
        )}
        {busy && (
          <div className="row" role="status">
            <Spin /> <span>{t("sign.working")}</span>
          </div>
        )}
        {step === "refused" && <ProblemBox error={error} testId="sign-problem" />}
        {asked && step === "refused" && <Alert type="info" showIcon title={t("sign.askChecker")} />}
        {step === "unknown" && <ProblemBox error={error} testId="sign-unknown" />}
        {step === "done" && result && <Done result={result} after={request.after} />}
      </div>
    </Modal>
  );
}

function Signer({
  session,
  proposing,
  quorum,
}: {
  session: Session;
  proposing: boolean;
  quorum: Quorum | null;
}): ReactElement {
  const { t } = useTranslation();
  const words = useWords();
  return (
    <div className="sign-who">
      <UserOutlined aria-hidden="true" />
      <div>
        <div>
          {session.member.name} · {session.identity.person}{" "}
          <span className="soft">({session.identity.roles.map((r) => words.of("personRole", r)).join("、")})</span>
        </div>
        <div className="soft small">
          {t("sign.key")} <span className="mono">{session.identity.kid.slice(0, 16)}</span>
        </div>
        {proposing && (
          <div className="strong" data-testid="sign-quorum">
            {t("sign.goesTo", { who: words.of("quorum", quorum ?? "checker") })}
          </div>
        )}
      </div>
    </div>
  );
}

interface FooterProps {
  step: Step;
  proposing: boolean;
  asked: boolean;
  ready: boolean;
  onSign: () => void;
  onAgain: () => void;
  onClose: () => void;
}

function SignFooter({ step, proposing, asked, ready, onSign, onAgain, onClose }: FooterProps): ReactElement {
  const { t } = useTranslation();
  if (step === "done") {
    return (
      <Button type="primary" onClick={onClose} data-testid="sign-close">
        {t("sign.close")}
      </Button>
    );
  }
  const again = step === "refused" && !asked;
  return (
    <>
      <Button onClick={onClose} disabled={step === "working"} data-testid="sign-cancel">
        {again || step === "unknown" ? t("sign.close") : t("sign.cancel")}
      </Button>
      {step === "unknown" && (
        <Button type="primary" onClick={onAgain} data-testid="sign-again">
          {t("sign.again")}
        </Button>
      )}
      {!again && step !== "unknown" && (
        <Button
          type="primary"
          icon={<EditOutlined />}
          loading={step === "working"}
          disabled={!ready}
          onClick={onSign}
          data-testid="sign-confirm"
        >
          {proposing ? t("sign.propose") : t("sign.sign")}
        </Button>
      )}
    </>
  );
}

function Done({ result, after }: { result: SignResult; after?: ReactNode }): ReactElement {
  const { t } = useTranslation();
  const words = useWords();
  const waits = result.proposal;
  return (
    <div className="stack" role="status" data-testid="sign-done">
      <div className={waits ? "verdict verdict-warn" : "verdict verdict-good"} style={{ marginBottom: 0 }}>
        {waits ? <ClockCircleOutlined /> : <CheckCircleOutlined />}
        <div>
          <h2>{waits ? t("sign.waits") : t("sign.done")}</h2>
          {waits && (
            <p>
              {t("sign.goesTo", { who: words.of("quorum", waits.quorum) })}
              {waits.expires && (
                <>
                  {" "}
                  {t("sign.until")} <InstantText at={waits.expires} />
                </>
              )}
            </p>
          )}
        </div>
      </div>
      {after}
      <div className="soft small">
        {t("sign.transaction")} <Digest value={result.outcome.txId} /> ·{" "}
        {t("sign.height", { height: result.outcome.height })} · <InstantText at={result.outcome.time} exact />
      </div>
    </div>
  );
}
