import { Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { addMonths } from "../../lib/calendar";
import { type Fen, fenText, parseFen, sumFen } from "../../lib/money";
import type { Line } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Figure, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { DateInput, DateText } from "../../parts/Time";
import { GroupPicker, Groups } from "./Groups";
import { Sub } from "./Sub";

/** Lines are the bank's credit lines for debtors, with what is left of them. */
export function Lines(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const pages = usePages<Line>("/v1/lines", { bank: session.member.id }, 200);
  const sum = (pick: (l: Line) => string): Fen => sumFen(pages.items.map((l) => parseFen(pick(l))));
  return (
    <Page title={t("lines.title")} sub={t("lines.sub")} testId="bank-lines">
      <Sub of="lines" />
      <div className="stack">
        {pages.items.length > 0 && (
          <div className="grid">
            <Figure label={t("lines.limit")} value={<Money amount={sum((l) => l.limit)} />} note={t("count", { count: pages.items.length })} />
            <Figure label={t("lines.used")} value={<Money amount={sumFen([sum((l) => l.used), sum((l) => l.reserved)])} />} />
            <Figure label={t("lines.available")} value={<Money amount={sumFen(pages.items.map(availableOf))} />} accent testId="lines-available" />
          </div>
        )}
        <List pages={pages} />
        <Grant />
        <Groups />
      </div>
    </Page>
  );
}

/** availableOf is what can still be taken of a line: nothing of one that is frozen or over. */
export function availableOf(l: Line): Fen {
  const left = parseFen(l.limit) - parseFen(l.used) - parseFen(l.reserved);
  return l.frozen || left < 0n ? 0n : left;
}

function stateOf(l: Line, today: string): string {
  if (l.frozen) return "frozen";
  if (parseFen(l.used) + parseFen(l.reserved) > parseFen(l.limit)) return "over-limit";
  return today !== "" && today > l.to ? "expired" : "active";
}

function List({ pages }: { pages: ReturnType<typeof usePages<Line>> }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const off = session.may("maker") ? undefined : t("onlyMaker");
  const columns: Column<Line>[] = [
    { key: "debtor", title: t("debtor"), phone: "title", render: (l) => <MemberName id={l.debtor} /> },
    { key: "id", title: t("lines.id"), render: (l) => <>{l.id}{l.group && <span className="soft small"> · {l.group}</span>}</> },
    { key: "limit", title: t("lines.limit"), end: true, render: (l) => <Money amount={l.limit} /> },
    { key: "used", title: t("lines.used"), end: true, render: (l) => <Money amount={l.used} /> },
    { key: "reserved", title: t("lines.reserved"), end: true, phone: "hide", render: (l) => <Money amount={l.reserved} /> },
    { key: "available", title: t("lines.available"), end: true, render: (l) => <Money amount={availableOf(l)} /> },
    { key: "to", title: t("lines.to"), render: (l) => <DateText date={l.to} /> },
    { key: "state", title: t("state"), render: (l) => <StateTag kind="line" state={stateOf(l, today)} /> },
    {
      key: "do", title: t("do"), render: (l) => l.frozen ? (
        <ReasonButton label={t("lines.unfreeze")} about={t("lines.unfreezeAbout", { id: l.id })} disabled={off} onReason={(reason) => void sign(call("credit:UnfreezeLine", { id: l.id, reason }))} testId={`line-unfreeze-${l.id}`} />
      ) : (
        <ReasonButton label={t("lines.freeze")} about={t("lines.freezeAbout", { id: l.id })} usual={[t("lines.review"), t("lines.risk")]} danger disabled={off} onReason={(reason) => void sign(call("credit:FreezeLine", { id: l.id, reason }))} testId={`line-freeze-${l.id}`} />
      ),
    },
  ];
  return <PagedTable label={t("lines.title")} columns={columns} pages={pages} rowKey={(l) => l.id} empty={<EmptyState title={t("lines.none")} hint={t("lines.noneHint")} />} testId="line-list" />;
}

function Grant(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const [id, setId] = useState("");
  const [debtor, setDebtor] = useState("");
  const [group, setGroup] = useState("");
  const [limit, setLimit] = useState<Fen | null>(null);
  const [begins, setFrom] = useState("");
  const [ends, setTo] = useState("");
  const from = begins || today;
  const to = ends || (from ? addMonths(from, 12) : "");
  const off = !session.may("maker") ? t("onlyMaker") : id.trim() === "" || debtor === "" || limit === null ? t("lines.first") : undefined;
  const grant = (): void => void sign({ ...call("credit:Grant", { id: id.trim(), debtor, group: group || undefined, limit: fenText(limit ?? 0n), from, to }), after: <p>{t("lines.after")}</p> });
  return (
    <Panel title={t("lines.grant")} testId="line-form">
      <Form layout="vertical">
        <p className="soft">{t("lines.grantAbout")}</p>
        <div className="grid" style={{ gap: "0 16px", marginTop: 12 }}>
          <Form.Item label={t("lines.id")} htmlFor="line-id" extra={t("lines.idHint")}><Input id="line-id" value={id} maxLength={32} onChange={(e) => setId(e.target.value)} data-testid="line-id" /></Form.Item>
          <Form.Item label={t("debtor")} htmlFor="line-debtor"><MemberPicker id="line-debtor" value={debtor} onChange={setDebtor} roles={["debtor"]} label={t("debtor")} testId="line-debtor" /></Form.Item>
          <Form.Item label={t("lines.limit")} htmlFor="line-limit"><AmountInput id="line-limit" value={limit} onChange={setLimit} testId="line-limit" /></Form.Item>
          <Form.Item label={t("lines.from")} htmlFor="line-from"><DateInput id="line-from" value={from} onChange={setFrom} label={t("lines.from")} testId="line-from" /></Form.Item>
          <Form.Item label={t("lines.to")} htmlFor="line-to"><DateInput id="line-to" value={to} min={from} onChange={setTo} label={t("lines.to")} testId="line-to" /></Form.Item>
          <Form.Item label={t("lines.group")} htmlFor="line-group" extra={t("lines.groupHint")}><GroupPicker id="line-group" value={group} onChange={setGroup} label={t("lines.group")} /></Form.Item>
        </div>
        <ActionButton label={t("lines.send")} primary disabled={off} onClick={grant} testId="line-send" />
      </Form>
    </Panel>
  );
}
