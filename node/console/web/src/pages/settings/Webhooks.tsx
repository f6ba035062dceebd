import { Tag } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import type { Webhook } from "../../lib/records";
import { EmptyState, LinkButton } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { InstantText } from "../../parts/Time";
import { Frame } from "./Settings";

/** WebhookState says whether a webhook is in force. */
export function WebhookState({ state }: { state: Webhook["state"] }): ReactElement {
  const words = useWords();
  return (
    <Tag color={state === "in-force" ? "success" : "warning"} data-testid="webhook-state" data-state={state}>
      {words.state("webhook", state)}
    </Tag>
  );
}

/** Webhooks are the addresses to which this node posts the member's events. */
export function Webhooks(): ReactElement {
  const { t } = useTranslation("settings");
  const words = useWords();
  const session = useSession();
  const read = useRead<{ items: Webhook[] }>("/v1/webhooks");
  const may = session.may("maker", "admin");
  const columns: Column<Webhook>[] = [
    { key: "url", title: t("hook.url"), phone: "title", render: (w) => <span className="mono">{w.url}</span> },
    { key: "kinds", title: t("hook.kinds"), render: (w) => (w.kinds.length === 0 ? t("hook.allKinds") : w.kinds.map((k) => words.of("notice", k)).join("、")) },
    { key: "by", title: t("hook.by"), phone: "hide", render: (w) => w.createdBy.person },
    { key: "at", title: t("hook.at"), render: (w) => <InstantText at={w.createdAt} /> },
    { key: "state", title: t("state"), render: (w) => <WebhookState state={w.state} /> },
  ];
  return (
    <Frame of="webhooks" actions={may && <LinkButton to="/settings/webhooks/new" primary testId="hook-add">{t("hook.add")}</LinkButton>}>
      {read.error != null ? (
        <ProblemBox error={read.error} onRetry={read.retry} />
      ) : (
        <PagedTable
          label={t("way.webhooks")}
          columns={columns}
          rows={read.data?.items ?? []}
          rowKey={(w) => w.id}
          to={(w) => `/settings/webhooks/${w.id}`}
          empty={<EmptyState title={t("hook.none")} hint={may ? t("hook.noneHint") : t("hook.onlyMaker")} />}
          testId="hook-list"
        />
      )}
    </Frame>
  );
}
