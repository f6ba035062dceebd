import { Alert, Button, Checkbox, Spin } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { currentLanguage } from "../../app/i18n";
import { useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import type { MessageReading, ReadItem } from "../../lib/records";
import { FileDrop } from "../../parts/FileDrop";
import { Money } from "../../parts/Money";
import { Figure } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { Batches } from "./Batches";
import { NoKey } from "./NoKey";
import { accountsAtBank, formOf, openRuns } from "./desk";
import { useKey } from "./useKey";

/** Reading takes what banks answered, says what each item means, and has the reports signed. */
export function Reading({ runs, onRead }: { runs: string[] | null; onRead?: () => void }): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const refresh = useRefresh();
  const key = useKey();
  const [files, setFiles] = useState<File[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [reading, setReading] = useState<MessageReading | null>(null);
  const [serial, setSerial] = useState(0);
  const read = async (given: File[]): Promise<void> => {
    setFiles(given);
    setBusy(true);
    setError(null);
    try {
      const { api, member } = session;
      const accounts = key ? await accountsAtBank(api, runs ?? (await openRuns(api, member.id)), member.id, key) : [];
      const form = await formOf(given, accounts);
      setReading(await api.upload<MessageReading>("POST", "/v1/bank-messages/reading", form.bytes, form.type));
      setSerial((n) => n + 1);
      onRead?.();
      await refresh();
    } catch (reason) {
      setReading(null);
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const off = !session.may("maker");
  return (
    <div className="stack" data-testid="reading">
      {key === null && <NoKey />}
      {off && <p className="soft">{t("onlyMaker")}</p>}
      <FileDrop label={t("read.drop")} hint={t("read.hint")} accept=".xml,.zip" multiple disabled={off || busy || key === undefined} onFiles={(list) => void read(list)} testId="message-files" />
      {busy && <div className="row" role="status"><Spin /> <span>{t("read.busy")}</span></div>}
      {error !== null && <ProblemBox error={error} testId="reading-problem" />}
      {reading && !busy && (
        <>
          <Counts reading={reading} />
          <Batches key={serial} reading={reading} onAgain={() => void read(files)} />
          <Items reading={reading} />
          <div className="row">
            <Button onClick={() => void read(files)} data-testid="read-again">{t("read.again")}</Button>
            <span className="soft small">{t("read.againHint")}</span>
          </div>
        </>
      )}
    </div>
  );
}

function Counts({ reading }: { reading: MessageReading }): ReactElement {
  const { t } = useTranslation("clearing");
  const n = reading.totals;
  const counts = (["paid", "accepted", "rejected", "returned", "known", "nothing", "exceptions"] as const).filter((c) => n[c] > 0);
  return (
    <>
      <p className="soft small" data-testid="reading-messages">
        {reading.messages.map((m) => `${m.file || m.id} (${m.kind}, ${m.items})`).join(" · ")}
      </p>
      <div className="grid">
        {counts.map((c) => (
          <Figure key={c} label={t(`read.count.${c}`)} value={<span className={c === "exceptions" || c === "rejected" || c === "returned" ? "warn" : undefined}>{n[c]}</span>} testId={`reading-${c}`} to={c === "exceptions" ? "/clearing/messages" : undefined} />
        ))}
      </div>
      {n.items === 0 && <Alert type="info" showIcon title={t("read.empty")} />}
    </>
  );
}

function Items({ reading }: { reading: MessageReading }): ReactElement {
  const { t } = useTranslation("clearing");
  const chinese = currentLanguage() === "zh";
  const useful = reading.items.some((i) => i.result === "report" || i.result === "exception");
  const [all, setAll] = useState(!useful);
  const rows = all ? reading.items : reading.items.filter((i) => i.result === "report" || i.result === "exception");
  const columns: Column<ReadItem>[] = [
    {
      key: "leg",
      title: t("leg"),
      phone: "title",
      render: (i) => (i.leg ? <Link to={`/clearing/legs/${encodeURIComponent(i.leg)}`} className="mono">{i.leg}</Link> : <span className="mono">{i.endToEnd || "—"}</span>),
    },
    {
      key: "result",
      title: t("read.means"),
      render: (i) => (
        <span className={i.result === "exception" ? "bad" : i.result === "report" ? "strong" : "soft"}>
          {t(`read.result.${i.result}`)}
          {": "}
          {chinese ? i.reason.textZh : i.reason.text}
          {i.bankReason && <span className="soft"> ({[i.bankReason.code, i.bankReason.text].filter(Boolean).join(" ")})</span>}
        </span>
      ),
    },
    { key: "amount", title: t("amount"), end: true, render: (i) => (i.amount === "0.00" ? null : <Money amount={i.amount} />) },
    { key: "bank", title: t("read.bankSaid"), render: (i) => [i.status, i.direction && t(`read.direction.${i.direction}`)].filter(Boolean).join(" ") },
    { key: "reference", title: t("reference"), phone: "hide", render: (i) => <span className="mono">{i.reference}</span> },
    { key: "file", title: t("read.where"), phone: "hide", render: (i) => <span className="small">{t("read.line", { file: i.file, line: i.line })}</span> },
  ];
  return (
    <div className="stack-tight">
      <Checkbox checked={all} onChange={(e) => setAll(e.target.checked)} data-testid="items-all">{t("read.all", { count: reading.items.length })}</Checkbox>
      <PagedTable label={t("read.items")} columns={columns} rows={rows} rowKey={(i) => `${i.file}/${i.index}/${i.line}`} testId="reading-items" />
    </div>
  );
}
