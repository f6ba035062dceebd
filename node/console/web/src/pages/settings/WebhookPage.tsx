import { Alert, App, Button } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router-dom";
import { pathOfNotice } from "../../app/paths";
import { usePages, useRead, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import type { Webhook, WebhookDelivery, WebhookTrial } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { StateFilter } from "./Messages";
import { WebhookState } from "./Webhooks";

/** WebhookPage is one webhook: confirmed by another person, tested, with its deliveries. */
export function WebhookPage(): ReactElement {
  const { t } = useTranslation("settings");
  const words = useWords();
  const { id = "" } = useParams();
  const read = useRead<Webhook>(`/v1/webhooks/${id}`);
  const w = read.data;
  return (
    <Page
      title={t("hook.one")}
      crumbs={[{ title: t("way.webhooks"), to: "/settings/webhooks" }, { title: t("hook.one") }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="hook"
    >
      {w && (
        <div className="stack">
          <Panel title={<span className="mono">{w.url}</span>} actions={<WebhookState state={w.state} />}>
            <div className="stack">
              <Facts
                items={[
                  { label: t("hook.kinds"), value: w.kinds.length === 0 ? t("hook.allKinds") : w.kinds.map((k) => words.of("notice", k)).join("、"), wide: true },
                  { label: t("hook.by"), value: w.createdBy.person },
                  { label: t("hook.at"), value: <InstantText at={w.createdAt} /> },
                  { label: t("hook.confirmedBy"), value: w.confirmedBy?.person },
                  { label: t("hook.confirmedAt"), value: <InstantText at={w.confirmedAt} /> },
                ]}
              />
              <Actions w={w} />
            </div>
          </Panel>
          {w.state === "in-force" && <Deliveries id={w.id} />}
        </div>
      )}
    </Page>
  );
}

function Actions({ w }: { w: Webhook }): ReactElement {
  const { t } = useTranslation("settings");
  const session = useSession();
  const refresh = useRefresh();
  const navigate = useNavigate();
  const { modal, message } = App.useApp();
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [trial, setTrial] = useState<WebhookTrial | null>(null);
  const may = session.may("maker", "checker", "admin");
  const self = w.createdBy.person === session.identity.person || w.createdBy.key === session.identity.kid;
  const run = async (name: string, work: () => Promise<void>): Promise<void> => {
    setBusy(name);
    setError(null);
    setTrial(null);
    try {
      await work();
      await refresh();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy("");
    }
  };
  const confirm = (): Promise<void> =>
    run("confirm", async () => {
      await session.api.post(`/v1/webhooks/${w.id}/confirmation`);
      void message.success(t("hook.confirmed"));
    });
  const test = (): Promise<void> => run("test", async () => setTrial(await session.api.post<WebhookTrial>(`/v1/webhooks/${w.id}/test`)));
  const remove = (): void => {
    modal.confirm({
      title: t("hook.removeTitle"), content: t("hook.removeText"), okText: t("hook.remove"), cancelText: t("keep"), okButtonProps: { danger: true, ...{ "data-testid": "hook-remove-yes" } },
      onOk: async () => {
        try {
          await session.api.del(`/v1/webhooks/${w.id}`);
        } catch (reason) {
          setError(reason);
          return;
        }
        void navigate("/settings/webhooks");
        await refresh();
      },
    });
  };
  return (
    <div className="stack">
      {w.state === "unconfirmed" && <Alert type="info" showIcon title={t("hook.waits")} description={t("hook.waitsText")} />}
      {error != null && <ProblemBox error={error} testId="hook-problem" />}
      {trial && <Alert type={trial.delivered ? "success" : "error"} showIcon title={trial.delivered ? t("hook.arrived", { status: trial.status ?? "" }) : t("hook.failed")} description={trial.fault} data-testid="hook-trial" />}
      <div className="row">
        {w.state === "unconfirmed" && (
          <ActionButton label={t("hook.confirm")} primary busy={busy === "confirm"} disabled={!may ? t("hook.onlyMaker") : self ? t("hook.another") : undefined} onClick={() => void confirm()} testId="hook-confirm" />
        )}
        <ActionButton label={t("hook.test")} busy={busy === "test"} disabled={!may ? t("hook.onlyMaker") : w.state === "unconfirmed" ? t("hook.waits") : undefined} onClick={() => void test()} testId="hook-test" />
        <ActionButton label={t("hook.remove")} danger disabled={may ? undefined : t("hook.onlyMaker")} onClick={remove} testId="hook-remove" />
      </div>
      {w.state === "unconfirmed" && self && <p className="soft small">{t("hook.another")}</p>}
    </div>
  );
}

function Deliveries({ id }: { id: string }): ReactElement {
  const { t } = useTranslation("settings");
  const words = useWords();
  const { api } = useSession();
  const refresh = useRefresh();
  const [state, setState] = useState("");
  const [error, setError] = useState<unknown>(null);
  const pages = usePages<WebhookDelivery>(`/v1/webhooks/${id}/deliveries`, { state });
  const retry = async (d: WebhookDelivery): Promise<void> => {
    setError(null);
    try {
      await api.post(`/v1/webhooks/${id}/deliveries/${d.number}/retry`);
    } catch (reason) {
      setError(reason);
    }
    await refresh();
  };
  const columns: Column<WebhookDelivery>[] = [
    { key: "number", title: t("delivery.number"), render: (d) => <span className="num">{d.number}</span> },
    { key: "kind", title: t("delivery.event"), phone: "title", render: (d) => words.of("notice", d.event.kind) },
    { key: "subject", title: t("delivery.subject"), phone: "hide", render: (d) => <Subject kind={d.event.kind} subject={d.event.subject} /> },
    { key: "at", title: t("delivery.at"), render: (d) => <InstantText at={d.lastAt ?? d.at} exact /> },
    { key: "attempts", title: t("delivery.attempts"), render: (d) => String(d.attempts) },
    { key: "state", title: t("state"), render: (d) => <StateTag kind="delivery" state={d.state} /> },
    { key: "fault", title: t("message.fault"), render: (d) => (d.fault ? <span className="bad small">{d.status ? `HTTP ${d.status} · ` : ""}{d.fault}</span> : d.nextAt ? <span className="small">{t("delivery.next")} <InstantText at={d.nextAt} exact /></span> : "") },
    { key: "do", title: <span className="hidden-visually">{t("retry")}</span>, render: (d) => (d.state === "dead" ? <Button size="small" onClick={() => void retry(d)} data-testid={`delivery-retry-${d.number}`}>{t("retry")}</Button> : "") },
  ];
  return (
    <Panel title={t("delivery.title")} actions={<StateFilter value={state} onChange={setState} />}>
      <div className="stack">
        {error != null && <ProblemBox error={error} />}
        <PagedTable label={t("delivery.title")} columns={columns} pages={pages} rowKey={(d) => String(d.number)} empty={<EmptyState title={t("delivery.none")} hint={t("delivery.noneHint")} />} testId="delivery-list" />
      </div>
    </Panel>
  );
}

function Subject({ kind, subject }: { kind: string; subject: string }): ReactElement {
  const to = pathOfNotice(kind, subject);
  const text = subject.length > 20 ? `${subject.slice(0, 12)}…${subject.slice(-4)}` : subject;
  return to ? <a href={`#${to}`} className="mono" title={subject}>{text}</a> : <span className="mono" title={subject}>{text}</span>;
}
