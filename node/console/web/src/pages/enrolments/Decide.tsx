import { App } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh, useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import { type SignRequest, useSign } from "../../app/sign";
import type { CredentialArgument } from "../../lib/arguments";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";
import { Check } from "./Check";
import { compareHeard, useKeysCode } from "./compare";

interface DecideProps {
  of: "enrolment" | "recovery";
  /** Of the record: its refusal is below it. */
  path: string;
  /** What is to be checked. */
  text: string;
  /** What the button that signs says. */
  confirm: string;
  /** A usual reason for a refusal, beside those that both have. */
  usual: string;
  /** Whose keys: the pairing code is made of exactly those that would be signed for. */
  member: string;
  credentials: CredentialArgument[] | undefined;
  encryption: string;
  /** The code that the node gives. */
  pairing: string;
  /** What is signed; null when there is nothing to sign. */
  call: SignRequest | null;
  /** Why it cannot be signed at all. */
  off: string | undefined;
}

/** Decide has the bank compare the pairing code with whoever asks, and then sign for the keys or refuse them. */
export function Decide(p: DecideProps): ReactElement {
  const { t } = useTranslation("enrolments");
  const session = useSession();
  const sign = useSign();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const network = useStatus().data?.network ?? "";
  const [heard, setHeard] = useState("");
  const [identified, setIdentified] = useState(false);
  const [called, setCalled] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const made = useKeysCode(network, p.member, p.credentials, p.encryption);
  const verdict = compareHeard(heard, made.code);
  const differs = made.code !== "" && made.code !== p.pairing;
  const checks = differs ? t("check.differs") : !identified || !called ? t("off.checks") : verdict !== "same" ? t("off.code") : undefined;
  const off = session.may("maker") ? (p.off ?? checks) : t("off.maker");

  const confirm = async (): Promise<void> => {
    if (p.call && (await sign(p.call))) await refresh();
  };
  const refuse = async (reason: string): Promise<void> => {
    setError(null);
    try {
      await session.api.post(`${p.path}/refusal`, { reason });
      void message.success(t("refused"));
      await refresh();
    } catch (fault) {
      setError(fault);
    }
  };
  return (
    <Panel title={t("check.title")} testId={`${p.of}-decide`}>
      <div className="stack">
        <p>{p.text}</p>
        <Check
          heard={heard} onHeard={setHeard} verdict={verdict} differs={differs} error={made.error} identified={identified}
          onIdentified={setIdentified} called={called} onCalled={setCalled} disabled={!session.may("maker") || p.off !== undefined}
        />
        {error != null && <ProblemBox error={error} />}
        <div className="row">
          <ActionButton label={p.confirm} primary disabled={off} onClick={() => void confirm()} testId={`${p.of}-confirm`} />
          <ReasonButton
            label={t("refuse")} about={t("refuseAbout")} usual={[t("usual.identity"), t("usual.pairing"), p.usual]} danger
            disabled={session.may("maker", "reviewer") ? undefined : t("off.officer")} onReason={(r) => void refuse(r)} testId={`${p.of}-refuse`}
          />
        </div>
        {off && <p className="soft small">{off}</p>}
      </div>
    </Panel>
  );
}
