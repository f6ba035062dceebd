import { Alert, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useNames, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { registeredKey, sealAccount } from "../../lib/build";
import { refuse } from "../../lib/problem";
import type { AccountsPage, Member } from "../../lib/records";
import { BankPicker } from "../../parts/MemberPicker";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";

const most = 200;

/** Register asks the bank to confirm an account. Its number is sealed here, for the member and the bank alone. */
export function Register(): ReactElement {
  const { t } = useTranslation("accounts");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const [bank, setBank] = useState("");
  const [number, setNumber] = useState("");
  const [name, setName] = useState(session.member.name);
  const [id, setId] = useState("");
  const [error, setError] = useState<unknown>(null);
  const bankName = useNames([bank])(bank);
  const known = useRead<AccountsPage>(`/v1/members/${session.member.id}/accounts`, { limit: most });
  const at = useRead<Member>(bank ? `/v1/members/${bank}` : null);
  const digits = number.replace(/[\s-]/g, "");
  const used = (known.data?.items ?? []).some((a) => a.id === id.trim());
  const noKey = !session.member.encryption ? t("noOwnKey") : at.data && !at.data.encryption ? t("noBankKey") : undefined;
  const off = missing();
  function missing(): string | undefined {
    if (!session.may("maker")) return t("onlyMaker");
    if (bank === "") return t("first.bank");
    if (noKey) return noKey;
    if (!/^[0-9A-Za-z]{6,34}$/.test(digits)) return t("first.number");
    if (name.trim() === "") return t("first.name");
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id.trim())) return t("first.id");
    return used ? t("first.used") : undefined;
  }
  const send = async (): Promise<void> => {
    setError(null);
    try {
      const keys = await Promise.all([session.member.encryption, at.data?.encryption ?? ""].map(registeredKey));
      const recipients = keys.map((k) => k ?? refuse("BAD_KEY", "no encryption key is registered"));
      const done = await sign({
        ...(await sealAccount(session.member.id, id.trim(), bank, { number: digits, name: name.trim() }, recipients)),
        facts: { lines: [{ label: t("number"), text: digits, strong: true }, { label: t("holder"), text: name.trim() }, { label: t("bank"), text: bankName }] },
        note: <p className="soft">{t("sealedNote")}</p>,
        after: <p>{t("afterRegister")}</p>,
      });
      if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : "/accounts");
    } catch (reason) {
      setError(reason);
    }
  };
  return (
    <Page title={t("new")} sub={t("newSub")} crumbs={[{ title: t("title"), to: "/accounts" }]} testId="account-form">
      <Panel>
        <Form layout="vertical" style={{ maxWidth: 560 }}>
          <Form.Item label={t("bank")} htmlFor="bank">
            <BankPicker id="bank" value={bank} onChange={(v) => setBank(String(v))} label={t("bank")} testId="account-bank" />
          </Form.Item>
          <Form.Item label={t("number")} htmlFor="number" extra={t("numberHint")}>
            <Input id="number" value={number} inputMode="numeric" autoComplete="off" maxLength={50} onChange={(e) => setNumber(e.target.value)} data-testid="account-number" />
          </Form.Item>
          <Form.Item label={t("holder")} htmlFor="holder" extra={t("holderHint")}>
            <Input id="holder" value={name} maxLength={100} onChange={(e) => setName(e.target.value)} data-testid="account-holder" />
          </Form.Item>
          <Form.Item label={t("id")} htmlFor="word" extra={t("idHint")}>
            <Input id="word" value={id} maxLength={64} placeholder="main" onChange={(e) => setId(e.target.value)} data-testid="account-id" />
          </Form.Item>
          {!session.member.encryption && <Alert type="warning" showIcon title={t("noOwnKey")} action={<LinkButton to="/settings">{t("toSettings")}</LinkButton>} />}
          {error !== null && <ProblemBox error={error} />}
          {off && <p className="soft" data-testid="account-missing" style={{ margin: "12px 0" }}>{off}</p>}
          <ActionButton label={t("register")} primary block disabled={off} onClick={() => void send()} testId="account-send" />
        </Form>
      </Panel>
    </Page>
  );
}
