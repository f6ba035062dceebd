import { Alert, Checkbox } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Read, useRefresh, useStatus } from "../../app/query";
import { useSession } from "../../app/session";
import type { DeskAccount, Page as List, PaymentOrder, RunView } from "../../lib/records";
import { Money } from "../../parts/Money";
import { EmptyState } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { InstantText } from "../../parts/Time";
import { saveBlob } from "../../parts/save";
import { NoKey } from "./NoKey";
import { accountsToPay } from "./desk";
import { useKey } from "./useKey";

interface Props {
  run: RunView;
  orders: Read<List<PaymentOrder>>;
  /** An order was written. */
  onWritten: () => void;
}

/** Export writes the payment order (pain.001) for what was instructed. Account numbers are opened in the browser. */
export function Export({ run, orders, onWritten }: Props): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const refresh = useRefresh();
  const key = useKey();
  const devnet = useStatus().data?.devnet;
  const [wanted, setWanted] = useState<boolean | null>(null);
  const numbers = wanted ?? devnet === false; // simulated banks name accounts by member and word
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [made, setMade] = useState<{ name: string; opened: number } | null>(null);
  const me = session.member.id;
  const instructed = run.totals.filter((x) => x.payerBank === me && x.state === "instructed").reduce((n, x) => n + x.count, 0);
  const off = !session.may("maker") ? t("onlyMaker") : key === undefined ? t("key.looking") : instructed === 0 ? t("export.nothing") : undefined;
  const write = async (message: string): Promise<void> => {
    setBusy(message || "new");
    setError(null);
    setMade(null);
    try {
      const accounts: DeskAccount[] = key && numbers ? await accountsToPay(session.api, run.id, key) : [];
      const path = `/v1/runs/${encodeURIComponent(run.id)}/payment-order`;
      const file = await session.api.file(path, { accept: "application/xml", body: { accounts, ...(message ? { message } : {}) } });
      const name = file.name || "pain.001.xml";
      saveBlob(file.blob, name);
      setMade({ name, opened: accounts.length });
      onWritten();
      await refresh();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy("");
    }
  };
  return (
    <div className="stack">
      {key === null && <NoKey />}
      <Checkbox checked={numbers && key !== null} disabled={!key} onChange={(e) => setWanted(e.target.checked)} data-testid="export-numbers">
        {t("export.numbers")} <span className="soft small">{t(devnet ? "export.numbersDevnet" : "export.numbersHint")}</span>
      </Checkbox>
      {off && <p className="soft">{off}</p>}
      <div>
        <ActionButton label={t("export.write")} primary busy={busy === "new"} disabled={off} onClick={() => void write("")} testId="export-order" />
      </div>
      {made && <Alert type="success" showIcon title={t("export.made", { name: made.name })} description={t("export.madeHint", { count: made.opened })} data-testid="export-made" />}
      {error !== null && <ProblemBox error={error} testId="export-problem" />}
      {orders.error ? (
        <ProblemBox error={orders.error} onRetry={orders.retry} />
      ) : (
        <PagedTable
          label={t("export.orders")}
          columns={[
            { key: "message", title: t("export.message"), phone: "title", render: (o) => <span className="mono">{o.message}</span> },
            { key: "created", title: t("export.created"), render: (o) => <InstantText at={o.created} /> },
            { key: "by", title: t("export.by"), render: (o) => o.by.person },
            { key: "count", title: t("export.count"), end: true, render: (o) => String(o.count) },
            { key: "amount", title: t("amount"), end: true, render: (o) => <Money amount={o.amount} /> },
            {
              key: "again",
              title: t("export.file"),
              render: (o) => <ActionButton label={t("export.again")} busy={busy === o.message} disabled={session.may("maker") ? undefined : t("onlyMaker")} onClick={() => void write(o.message)} testId={`order-again-${o.message}`} />,
            },
          ]}
          rows={orders.data?.items ?? []}
          rowKey={(o) => o.message}
          empty={<EmptyState title={t("export.none")} hint={t("export.noneHint")} />}
          testId="payment-orders"
        />
      )}
    </div>
  );
}
