import { Alert, App, Button, Checkbox, Form, Input, Radio } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import { type ContactView, type Topic, topics } from "../../lib/records";
import { Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { Frame } from "./Settings";

/** Notifications has the person say how to be told, and of what. Nobody else sees it. */
export function Notifications(): ReactElement {
  const read = useRead<ContactView>("/v1/contacts");
  return (
    <Frame of="notifications">
      {read.error != null && <ProblemBox error={read.error} onRetry={read.retry} />}
      {read.data && <ContactForm key={read.data.channels.join()} contact={read.data} />}
    </Frame>
  );
}

interface Fields {
  email?: string;
  phone?: string;
  wecom?: string;
  language: "zh" | "en";
  kinds: Topic[];
}

function ContactForm({ contact }: { contact: ContactView }): ReactElement {
  const { t } = useTranslation("settings");
  const { api } = useSession();
  const refresh = useRefresh();
  const { message } = App.useApp();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const can = (channel: string): boolean => contact.channels.includes(channel);
  const save = async (v: Fields): Promise<void> => {
    setBusy(true);
    setError(null);
    const text = (value?: string): string | undefined => value?.trim() || undefined;
    const all = v.kinds.length === topics.length;
    try {
      await api.put("/v1/contacts", { email: text(v.email), phone: text(v.phone), wecom: text(v.wecom), language: v.language, kinds: all ? [] : v.kinds });
      void message.success(text(v.email) || text(v.phone) || text(v.wecom) ? t("contact.saved") : t("contact.removed"));
      await refresh();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const pattern = (test: RegExp, word: string): object => ({ validator: (_: unknown, v = "") => (v.trim() === "" || test.test(v.trim()) ? Promise.resolve() : Promise.reject(new Error(t(word)))) });
  const off = (channel: string): string | undefined => (can(channel) ? undefined : t("contact.off"));
  const initial: Fields = { email: contact.email ?? "", phone: contact.phone ?? "", wecom: contact.wecom ?? "", language: contact.language || "zh", kinds: contact.kinds.length > 0 ? contact.kinds : [...topics] };
  return (
    <Panel>
      <Form name="contact" layout="vertical" initialValues={initial} onFinish={(v: Fields) => void save(v)} requiredMark={false} style={{ maxWidth: 640 }}>
        {contact.channels.length === 0 && <Alert type="warning" showIcon title={t("contact.noChannel")} description={t("contact.noChannelText")} style={{ marginBottom: 16 }} />}
        <Form.Item name="email" label={t("contact.email")} extra={off("email")} rules={[pattern(/^[\x21-\x7e]+@[\x21-\x7e]+$/, "contact.emailWrong")]}>
          <Input type="email" autoComplete="email" maxLength={254} data-testid="contact-email" />
        </Form.Item>
        <Form.Item name="phone" label={t("contact.phone")} extra={off("sms")} rules={[pattern(/^\+?\d{5,19}$/, "contact.phoneWrong")]}>
          <Input type="tel" autoComplete="tel" maxLength={20} placeholder="+8613800000000" data-testid="contact-phone" />
        </Form.Item>
        <Form.Item name="wecom" label={t("contact.wecom")} extra={off("wecom")} rules={[pattern(/^[A-Za-z0-9_-]{1,32}$/, "contact.wecomWrong")]}>
          <Input autoComplete="off" maxLength={32} data-testid="contact-wecom" />
        </Form.Item>
        <Form.Item name="language" label={t("contact.language")}>
          <Radio.Group options={[{ value: "zh", label: "中文" }, { value: "en", label: "English" }]} />
        </Form.Item>
        <Form.Item name="kinds" label={t("contact.kinds")} rules={[{ validator: (_, v: Topic[] = []) => (v.length > 0 ? Promise.resolve() : Promise.reject(new Error(t("contact.kindsWrong")))) }]}>
          <Checkbox.Group options={topics.map((k) => ({ value: k, label: t(`topic.${k}`) }))} style={{ display: "flex", flexDirection: "column", gap: 8 }} data-testid="contact-kinds" />
        </Form.Item>
        <div className="stack">
          {error != null && <ProblemBox error={error} />}
          <Button type="primary" htmlType="submit" loading={busy} block data-testid="contact-save">
            {t("contact.save")}
          </Button>
          <p className="soft small">{t("contact.hint")}</p>
        </div>
      </Form>
    </Panel>
  );
}
