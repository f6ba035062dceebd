import { Alert, Button, Form, Input, Skeleton } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useSearchParams } from "react-router-dom";
import { OpenPage } from "../../app/OpenPage";
import { useRead } from "../../app/query";
import { useWords } from "../../app/words";
import type { Invited } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { ProblemBox } from "../../parts/ProblemBox";
import { InstantText } from "../../parts/Time";
import { Enrol, type Sent } from "./Enrol";
import { Waiting } from "./Waiting";

/** tokenIn finds the token of an invitation in a link or in what was pasted of it. */
export function tokenIn(text: string): string {
  const found = /[?&]i=([A-Za-z0-9_-]+)/.exec(text)?.[1];
  return found ?? (/^[A-Za-z0-9_-]{16,64}$/.test(text.trim()) ? text.trim() : "");
}

/** Invitation is where the link of an invitation leads. */
export function Invitation(): ReactElement {
  const { t } = useTranslation("join");
  const [params] = useSearchParams();
  const token = params.get("i") ?? "";
  return (
    <OpenPage testId="join">
      <h1>{t("title")}</h1>
      {token === "" ? <NoLink /> : <Opened key={token} token={token} />}
    </OpenPage>
  );
}

function NoLink(): ReactElement {
  const { t } = useTranslation("join");
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const token = tokenIn(text);
  return (
    <div className="stack">
      <p className="soft">{t("text")}</p>
      <Form layout="vertical" onFinish={() => token !== "" && void navigate(`/join?i=${token}`)}>
        <Form.Item label={t("link")} htmlFor="join-link" validateStatus={text !== "" && token === "" ? "error" : ""} help={text !== "" && token === "" ? t("noToken") : undefined}>
          <Input id="join-link" value={text} onChange={(e) => setText(e.target.value)} autoComplete="off" data-testid="join-link" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block size="large" disabled={token === ""} data-testid="join-open">
          {t("open")}
        </Button>
      </Form>
      <Ways />
    </div>
  );
}

function Ways(): ReactElement {
  const { t } = useTranslation("join");
  return (
    <div className="row small">
      <Link to="/login">{t("login")}</Link>
      <Link to="/join/key" data-testid="join-key">{t("forMember")}</Link>
      <Link to="/recover" data-testid="join-recover">{t("lost")}</Link>
    </div>
  );
}

function Opened({ token }: { token: string }): ReactElement {
  const { t } = useTranslation("join");
  const read = useRead<Invited>(`/v1/invitations/by-token/${token}`, {}, { open: true });
  const [sent, setSent] = useState<Sent | null>(null);
  const invited = read.data;
  if (read.error) {
    return (
      <div className="stack">
        <ProblemBox error={read.error} onRetry={read.retry} />
        <p className="soft">{t("askAgain")}</p>
        <Ways />
      </div>
    );
  }
  if (!invited) return <Skeleton active paragraph={{ rows: 5 }} />;
  const used = sent !== null || invited.state === "waiting" || invited.state === "enrolled" || invited.state === "refused";
  return (
    <div className="stack">
      <Inviter invited={invited} />
      {used && <Waiting token={token} invited={invited} sent={sent} />}
      {!used && invited.state === "open" && <Enrol token={token} invited={invited} onSent={setSent} />}
      {!used && invited.state !== "open" && (
        <>
          <Alert type="warning" showIcon title={t(`closed.${invited.state}`)} description={t("askAgain")} data-testid="join-closed" />
          <Ways />
        </>
      )}
    </div>
  );
}

function Inviter({ invited }: { invited: Invited }): ReactElement {
  const { t } = useTranslation("join");
  const words = useWords();
  return (
    <section aria-label={t("who")} data-testid="join-inviter">
      <p style={{ marginBottom: 10 }}>{t("invites", { inviter: invited.inviter.name, name: invited.name })}</p>
      {invited.note && <p className="sign-lines" style={{ marginBottom: 10 }}>“{invited.note}”</p>}
      <Facts
        items={[
          { label: t("inviter"), value: <>{invited.inviter.name} <span className="soft small mono">{invited.inviter.id}</span></> },
          { label: t("bank"), value: invited.bank.name },
          { label: t("as"), value: invited.roles.map((r) => words.of("role", r)).join("、") },
          { label: t("network"), value: invited.network },
          invited.state === "open" && { label: t("until"), value: <InstantText at={invited.expires} /> },
        ]}
      />
    </section>
  );
}
