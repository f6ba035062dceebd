import { Button, Segmented } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import type { Message } from "../../lib/records";
import { EmptyState, LinkButton } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";
import { Frame } from "./Settings";

const states = ["", "waiting", "delivered", "dead"];

/** StateFilter chooses among the states of deliveries and messages. */
export function StateFilter({ value, onChange }: { value: string; onChange: (state: string) => void }): ReactElement {
  const { t } = useTranslation("settings");
  const words = useWords();
  return (
    <Segmented
      value={value}
      onChange={(v) => onChange(String(v))}
      options={states.map((s) => ({ value: s, label: s === "" ? t("all") : words.state("delivery", s) }))}
      aria-label={t("state")}
      data-testid="filter-state"
    />
  );
}

/** Messages are those that the node sent or is to send to the person. */
export function Messages(): ReactElement {
  const { t } = useTranslation("settings");
  const { api } = useSession();
  const refresh = useRefresh();
  const [state, setState] = useState("");
  const [error, setError] = useState<unknown>(null);
  const pages = usePages<Message>("/v1/messages", { state });
  const retry = async (m: Message): Promise<void> => {
    setError(null);
    try {
      await api.post(`/v1/messages/${m.number}/retry`);
    } catch (reason) {
      setError(reason);
    }
    await refresh();
  };
  const columns: Column<Message>[] = [
    { key: "title", title: t("message.title"), phone: "title", render: (m) => <span><span className="strong">{m.title}</span><br /><span className="soft small" style={{ whiteSpace: "pre-line" }}>{m.text}</span></span> },
    { key: "topic", title: t("message.topic"), phone: "hide", render: (m) => t(`topic.${m.topic}`) },
    { key: "to", title: t("message.to"), render: (m) => <>{t(`channel.${m.channel}`)} <span className="soft small">{m.to}</span></> },
    { key: "at", title: t("message.at"), render: (m) => <InstantText at={m.at} /> },
    { key: "state", title: t("state"), render: (m) => <StateTag kind="delivery" state={m.state} /> },
    { key: "fault", title: t("message.fault"), render: (m) => (m.fault ? <span className="bad small">{m.fault}</span> : "") },
    { key: "do", title: <span className="hidden-visually">{t("retry")}</span>, render: (m) => (m.state === "dead" ? <Button size="small" onClick={() => void retry(m)} data-testid={`message-retry-${m.number}`}>{t("retry")}</Button> : "") },
  ];
  return (
    <Frame of="messages">
      <div className="stack">
        <StateFilter value={state} onChange={setState} />
        {error != null && <ProblemBox error={error} />}
        <PagedTable
          label={t("way.messages")}
          columns={columns}
          pages={pages}
          rowKey={(m) => String(m.number)}
          empty={<EmptyState title={t("message.none")} hint={t("message.noneHint")} action={<LinkButton to="/settings/notifications">{t("way.notifications")}</LinkButton>} />}
          testId="message-list"
        />
      </div>
    </Frame>
  );
}
