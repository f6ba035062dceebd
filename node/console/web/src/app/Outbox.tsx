import { App, Button } from "antd";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { instantText } from "../lib/calendar";
import { describe } from "../lib/problem";
import type { OutboxEntry } from "../lib/vault";
import { Digest } from "../parts/Names";
import { EmptyState, Page } from "../parts/Page";
import { type Column, PagedTable } from "../parts/PagedTable";
import { InstantText } from "../parts/Time";
import { currentLanguage } from "./i18n";
import { useRefresh } from "./query";
import { useAccess, useSession } from "./session";
import { useWords } from "./words";

/** Outbox lists what was signed in this browser, and sends again what has no known outcome: the same bytes take effect once. */
export function Outbox(): ReactElement {
  const { t } = useTranslation();
  const words = useWords();
  const { vault } = useAccess();
  const { api, identity } = useSession();
  const { message } = App.useApp();
  const refresh = useRefresh();
  const queries = useQueryClient();
  const [busy, setBusy] = useState("");
  const entries = useQuery({
    queryKey: ["outbox", identity.kid],
    queryFn: async () =>
      (await vault?.outbox())?.filter((e) => e.kid === identity.kid && e.network === identity.network) ?? [],
    staleTime: 0,
  });

  const again = async (entry: OutboxEntry): Promise<void> => {
    setBusy(entry.id);
    try {
      const transaction = await api.submit(entry);
      if (transaction.refusal) message.error(`${transaction.refusal.title} (${transaction.refusal.code})`);
      else message.success(t("outbox.final"));
      await refresh();
    } catch (error) {
      const p = describe(error, currentLanguage());
      message.error(`${p.title} (${p.code})`);
    } finally {
      setBusy("");
      await queries.invalidateQueries({ queryKey: ["outbox"] });
    }
  };

  const columns: Column<OutboxEntry>[] = [
    { key: "what", title: t("outbox.what"), phone: "title", render: (e) => nameOf(e, words.of) },
    { key: "when", title: t("outbox.when"), render: (e) => <InstantText at={instantText(e.signed)} exact /> },
    {
      key: "state",
      title: t("outbox.state"),
      render: (e) => (
        <span className={e.state === "failed" ? "bad" : undefined}>
          {t(`outbox.is.${e.state}`)}
          {e.code && <span className="mono"> {e.code}</span>}
        </span>
      ),
    },
    { key: "id", title: t("sign.transaction"), render: (e) => <Digest value={e.id} />, phone: "hide" },
    {
      key: "again",
      title: t("outbox.action"),
      render: (e) =>
        e.state === "unsent" || e.state === "sent" ? (
          <Button size="small" loading={busy === e.id} onClick={() => void again(e)}>
            {t("outbox.again")}
          </Button>
        ) : null,
    },
  ];
  return (
    <Page
      title={t("who.outbox")}
      sub={t("outbox.sub")}
      loading={entries.isLoading}
      error={entries.error}
      testId="outbox"
    >
      <PagedTable
        label={t("who.outbox")}
        columns={columns}
        rows={entries.data ?? []}
        rowKey={(e) => e.id}
        empty={<EmptyState title={t("outbox.empty")} />}
      />
    </Page>
  );
}

/** nameOf names what was signed; of a proposal, what is proposed. */
function nameOf(entry: OutboxEntry, of: (group: string, key: string) => string): string {
  if (entry.function !== "approval:Propose") return of("function", entry.function);
  const inner = (JSON.parse(entry.argument) as { function?: string }).function ?? "";
  return `${of("function", entry.function)}: ${of("function", inner)}`;
}
