import { Alert, Button, Form, Input, Radio, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router-dom";
import { useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { isSocialCredit } from "../../lib/number";
import type { InvitationMade, Role } from "../../lib/records";
import { Copy } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Qr } from "../../parts/Qr";
import { InstantText } from "../../parts/Time";

interface Fields {
  name: string;
  id?: string;
  roles: Role[];
  email?: string;
  note?: string;
  language: "zh" | "en";
}

/** New makes an invitation and shows its link, once. */
export function New(): ReactElement {
  const { t } = useTranslation("invitations");
  const session = useSession();
  const [made, setMade] = useState<{ name: string; link: InvitationMade } | null>(null);
  return (
    <Page title={t("new")} sub={t("newSub")} crumbs={[{ title: t("title"), to: "/invitations" }, { title: t("new") }]} testId="invitation-new">
      {!session.may("maker") ? (
        <Panel>
          <EmptyState title={t("onlyMaker")} action={<LinkButton to="/invitations">{t("title")}</LinkButton>} />
        </Panel>
      ) : made ? (
        <Made made={made} onAnother={() => setMade(null)} />
      ) : (
        <Ask onMade={setMade} />
      )}
    </Page>
  );
}

function Ask({ onMade }: { onMade: (made: { name: string; link: InvitationMade }) => void }): ReactElement {
  const { t } = useTranslation("invitations");
  const words = useWords();
  const { api } = useSession();
  const refresh = useRefresh();
  const [params] = useSearchParams();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const invite = async (v: Fields): Promise<void> => {
    setBusy(true);
    setError(null);
    const id = (v.id ?? "").trim().toUpperCase();
    try {
      const link = await api.post<InvitationMade>("/v1/invitations", {
        name: v.name.trim(), ...(id ? { id } : {}), roles: v.roles, ...(v.email ? { email: v.email.trim() } : {}), ...(v.note ? { note: v.note.trim() } : {}), language: v.language,
      });
      onMade({ name: v.name.trim(), link });
      await refresh();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  const codeFits = (v = ""): Promise<void> => (v.trim() === "" || isSocialCredit(v.trim().toUpperCase()) ? Promise.resolve() : Promise.reject(new Error(t("codeWrong"))));
  const roles: Role[] = ["holder", "debtor", "guarantor"];
  const initial: Fields = { name: "", id: params.get("id") ?? "", roles: ["holder"], email: "", note: params.get("note") ?? "", language: "zh" };
  return (
    <Panel>
      <Form name="invite" layout="vertical" initialValues={initial} onFinish={(v: Fields) => void invite(v)} requiredMark={false} style={{ maxWidth: 560 }}>
        <Form.Item name="name" label={t("nameOf")} rules={[{ required: true, whitespace: true, message: t("nameWrong") }]}>
          <Input maxLength={60} autoComplete="off" data-testid="invite-name" />
        </Form.Item>
        <Form.Item name="id" label={t("codeOf")} extra={t("codeHint")} rules={[{ validator: (_, v: string) => codeFits(v) }]}>
          <Input className="mono" maxLength={18} autoComplete="off" data-testid="invite-code" />
        </Form.Item>
        <Form.Item name="roles" label={t("roles")} extra={t("rolesHint")} rules={[{ required: true, message: t("rolesWrong") }]}>
          <Select mode="multiple" options={roles.map((r) => ({ value: r, label: words.of("role", r) }))} data-testid="invite-roles" />
        </Form.Item>
        <Form.Item name="note" label={t("noteOf")} extra={t("noteHint")}>
          <Input.TextArea rows={2} maxLength={130} data-testid="invite-note" />
        </Form.Item>
        <Form.Item name="email" label={t("email")} extra={t("emailHint")}>
          <Input type="email" maxLength={254} autoComplete="off" data-testid="invite-email" />
        </Form.Item>
        <Form.Item name="language" label={t("language")}>
          <Radio.Group options={[{ value: "zh", label: "中文" }, { value: "en", label: "English" }]} />
        </Form.Item>
        <div className="stack">
          {error != null && <ProblemBox error={error} />}
          <Button type="primary" htmlType="submit" block loading={busy} data-testid="invite-make">
            {t("make")}
          </Button>
        </div>
      </Form>
    </Panel>
  );
}

function Made({ made, onAnother }: { made: { name: string; link: InvitationMade }; onAnother: () => void }): ReactElement {
  const { t } = useTranslation("invitations");
  const { link, expires } = made.link;
  const mail = `mailto:?subject=${encodeURIComponent(t("mailSubject"))}&body=${encodeURIComponent(t("mailBody", { link }))}`;
  return (
    <Panel title={t("madeTitle", { name: made.name })} testId="invitation-made">
      <div className="stack">
        <Alert type="warning" showIcon title={t("once")} description={t("onceText")} />
        <div className="row" style={{ alignItems: "flex-start" }}>
          <Qr text={link} label={t("qr", { name: made.name })} size={200} />
          <div className="stack" style={{ flex: "1 1 240px", minWidth: 0 }}>
            <div>
              <div className="soft small">{t("link")}</div>
              <span className="mono" data-testid="invite-link">{link}</span> <Copy text={link} label={t("copyLink")} />
            </div>
            <div>
              {t("expires")}: <InstantText at={expires} />
            </div>
            <div className="row">
              <Button href={mail} data-testid="invite-mail">{t("mail")}</Button>
            </div>
          </div>
        </div>
        <p className="soft">{t("next")}</p>
        <div className="row">
          <Button onClick={onAnother} data-testid="invite-another">{t("another")}</Button>
          <Link to="/invitations">{t("toList")}</Link>
        </div>
      </div>
    </Panel>
  );
}
