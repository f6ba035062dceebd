import { Alert, Button, Form, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useRefresh, useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { type NoticeKind, type WebhookMade, noticeKinds } from "../../lib/records";
import { Copy } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";

/** NewWebhook adds a webhook and shows its secret, once. */
export function NewWebhook(): ReactElement {
  const { t } = useTranslation("settings");
  const session = useSession();
  const [made, setMade] = useState<WebhookMade | null>(null);
  return (
    <Page title={t("hook.add")} sub={t("hook.addSub")} crumbs={[{ title: t("way.webhooks"), to: "/settings/webhooks" }, { title: t("hook.add") }]} testId="hook-new">
      <Panel>
        {!session.may("maker", "admin") && <EmptyState title={t("hook.onlyMaker")} action={<LinkButton to="/settings/webhooks">{t("way.webhooks")}</LinkButton>} />}
        {session.may("maker", "admin") && (made ? <Made made={made} /> : <Ask onMade={setMade} />)}
      </Panel>
    </Page>
  );
}

function Ask({ onMade }: { onMade: (made: WebhookMade) => void }): ReactElement {
  const { t } = useTranslation("settings");
  const words = useWords();
  const { api } = useSession();
  const refresh = useRefresh();
  const devnet = useStatus().data?.devnet ?? false;
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const add = async (v: { url: string; kinds?: NoticeKind[] }): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      onMade(await api.post<WebhookMade>("/v1/webhooks", { url: v.url.trim(), ...(v.kinds && v.kinds.length > 0 ? { kinds: v.kinds } : {}) }));
      await refresh();
    } catch (reason) {
      setError(reason);
      setBusy(false);
    }
  };
  const fits = (url = ""): Promise<void> => (URL.canParse(url.trim()) && (devnet ? /^https?:/ : /^https:/).test(url.trim()) ? Promise.resolve() : Promise.reject(new Error(t("hook.urlWrong"))));
  return (
    <Form name="hook" layout="vertical" onFinish={(v: { url: string; kinds?: NoticeKind[] }) => void add(v)} requiredMark={false} style={{ maxWidth: 640 }}>
      <Form.Item name="url" label={t("hook.url")} extra={t("hook.urlHint")} rules={[{ validator: (_, v: string) => fits(v) }]}>
        <Input className="mono" inputMode="url" autoComplete="off" maxLength={2048} placeholder="https://erp.example.com/tierledger" data-testid="hook-url" />
      </Form.Item>
      <Form.Item name="kinds" label={t("hook.kinds")} extra={t("hook.kindsHint")}>
        <Select mode="multiple" allowClear showSearch={{ optionFilterProp: "label" }} options={noticeKinds.map((k) => ({ value: k, label: words.of("notice", k) }))} placeholder={t("hook.allKinds")} data-testid="hook-kinds" />
      </Form.Item>
      <div className="stack">
        {error != null && <ProblemBox error={error} testId="hook-problem" />}
        <Button type="primary" htmlType="submit" block loading={busy} data-testid="hook-make">
          {t("hook.add")}
        </Button>
      </div>
    </Form>
  );
}

function Made({ made }: { made: WebhookMade }): ReactElement {
  const { t } = useTranslation("settings");
  return (
    <div className="stack" data-testid="hook-made">
      <Alert type="warning" showIcon title={t("hook.once")} description={t("hook.onceText")} />
      <div>
        <div className="soft small">{t("hook.secret")}</div>
        <span className="mono" data-testid="hook-secret">{made.secret}</span> <Copy text={made.secret} label={t("hook.copySecret")} />
      </div>
      <p>{t("hook.madeNext")}</p>
      <Link to={`/settings/webhooks/${made.id}`} data-testid="hook-open">{t("hook.open")}</Link>
    </div>
  );
}
