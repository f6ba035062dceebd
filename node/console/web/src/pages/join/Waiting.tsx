import { CheckCircleOutlined, ClockCircleOutlined, CloseCircleOutlined } from "@ant-design/icons";
import { Alert, Button, Skeleton } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useRead } from "../../app/query";
import { useAccess } from "../../app/session";
import type { Applied, Invited } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Digest } from "../../parts/Names";
import { PairingCode, type PairingOf } from "../../parts/PairingCode";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import type { Sent } from "./Enrol";
import { kept } from "./kept";

const again = 15_000; // milliseconds after which the state is asked for again: nobody is logged in, so no event tells of it

/** useKept is what this browser remembers of the keys that were sent; undefined until it is known. */
export function useKept(secret: string): PairingOf | null | undefined {
  const [of, setOf] = useState<PairingOf | null | undefined>(undefined);
  useEffect(() => {
    let gone = false;
    void kept(secret).then((found) => !gone && setOf(found));
    return () => {
      gone = true;
    };
  }, [secret]);
  return of;
}

/** useAgain asks again from time to time while something waits and the page is looked at. */
export function useAgain(waits: boolean, ask: () => void): void {
  useEffect(() => {
    if (!waits) return undefined;
    const timer = setInterval(() => document.visibilityState === "visible" && ask(), again);
    return () => clearInterval(timer);
  }, [waits, ask]);
}

/** Waiting shows what becomes of an enrolment that was sent, and the pairing code for the bank's call. */
export function Waiting({ token, invited, sent }: { token: string; invited: Invited; sent: Sent | null }): ReactElement {
  const { t } = useTranslation("join");
  const read = useRead<Applied>(`/v1/invitations/by-token/${token}/enrolment`, {}, { open: true });
  const of = useKept(token);
  const state = read.data?.state;
  useAgain(state === "waiting", read.retry);
  if (read.error) return <ProblemBox error={read.error} onRetry={read.retry} />;
  if (!read.data) return <Skeleton active paragraph={{ rows: 3 }} />;
  return (
    <div className="stack" data-testid="join-waiting" data-state={state}>
      <Verdict state={read.data.state} reason={read.data.reason ?? ""} bank={invited.bank.name} />
      {state === "waiting" && of && <PairingCode of={of} />}
      {state === "waiting" && of && <p>{t("wait.compare", { bank: invited.bank.name })}</p>}
      {state === "waiting" && of === null && <Alert type="warning" showIcon title={t("wait.otherBrowser")} description={t("wait.otherBrowserText")} />}
      <Facts
        items={[
          { label: t("wait.state"), value: <StateTag kind="enrolment" state={state} testId="join-state" /> },
          { label: t("wait.reference"), value: <Digest value={read.data.reference} />, testId: "join-reference" },
        ]}
      />
      {state === "waiting" && (
        <Button block loading={read.isFetching} onClick={read.retry} data-testid="join-check">
          {t("wait.check")}
        </Button>
      )}
      {state === "enrolled" && <Begin sent={sent} />}
    </div>
  );
}

const icons = { waiting: <ClockCircleOutlined />, enrolled: <CheckCircleOutlined />, refused: <CloseCircleOutlined /> };
const tones = { waiting: "warn", enrolled: "good", refused: "bad" };

function Verdict({ state, reason, bank }: { state: Applied["state"]; reason: string; bank: string }): ReactElement {
  const { t } = useTranslation("join");
  return (
    <div className={`verdict verdict-${tones[state]}`} style={{ marginBottom: 0 }} role="status">
      {icons[state]}
      <div>
        <h2>{t(`wait.${state}`)}</h2>
        <p>{reason !== "" ? t("wait.because", { reason }) : t(`wait.${state}Text`, { bank })}</p>
      </div>
    </div>
  );
}

/** Begin logs in with the maker's key when it is still in this page, else leads to the login. */
function Begin({ sent }: { sent: Sent | null }): ReactElement {
  const { t } = useTranslation("join");
  const access = useAccess();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const first = sent?.people.find((p) => p.roles.includes("maker")) ?? sent?.people[0];
  const enter = async (): Promise<void> => {
    if (!sent || !first?.made) return void navigate("/login");
    setBusy(true);
    try {
      await access.add(first.made.key);
      await access.addEncryption(sent.reader.key);
      void navigate("/");
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  return (
    <div className="stack">
      {error != null && <ProblemBox error={error} />}
      <Button type="primary" block size="large" loading={busy} onClick={() => void enter()} data-testid="join-begin">
        {first?.made ? t("wait.begin", { person: first.person }) : t("wait.login")}
      </Button>
      <p className="soft small">{t("wait.next")}</p>
    </div>
  );
}
