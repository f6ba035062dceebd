import { Checkbox, Form, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { type Fen, fenText, parseFen } from "../../lib/money";
import { type Limit, type LimitKind, limitKinds } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ActionButton } from "../../parts/ReasonButton";
import { GroupPicker } from "./Groups";
import { Sub } from "./Sub";

/** Limits are how much the bank finances of a debtor's fen, and for a supplier. */
export function Limits(): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  const session = useSession();
  const [edited, setEdited] = useState<Limit | null>(null);
  const pages = usePages<Limit>("/v1/limits", { bank: session.member.id }, 200);
  const left = (l: Limit): Fen => parseFen(l.cap) - parseFen(l.used) - parseFen(l.reserved);
  const columns: Column<Limit>[] = [
    { key: "member", title: t("limits.member"), phone: "title", render: (l) => <MemberName id={l.member} /> },
    { key: "of", title: t("limits.of"), render: (l) => words.of("limit", l.of) },
    { key: "cap", title: t("limits.cap"), end: true, render: (l) => (l.capped ? <Money amount={l.cap} /> : <span className="soft">{t("limits.none")}</span>) },
    { key: "used", title: t("lines.used"), end: true, render: (l) => <Money amount={l.used} /> },
    { key: "reserved", title: t("lines.reserved"), end: true, render: (l) => <Money amount={l.reserved} /> },
    { key: "left", title: t("lines.available"), end: true, render: (l) => !l.capped ? null : left(l) < 0n ? <span className="bad">{t("limits.over")}</span> : <Money amount={left(l)} /> },
    { key: "group", title: t("limits.group"), phone: "hide", render: (l) => l.group },
    { key: "do", title: t("do"), render: (l) => <ActionButton label={t("limits.edit")} disabled={session.may("maker") ? undefined : t("onlyMaker")} onClick={() => setEdited(l)} testId={`limit-edit-${l.of}-${l.member}`} /> },
  ];
  return (
    <Page title={t("limits.title")} sub={t("limits.sub")} testId="bank-limits">
      <Sub of="lines" />
      <div className="stack">
        <PagedTable label={t("limits.title")} columns={columns} pages={pages} rowKey={(l) => `${l.of}/${l.member}`} empty={<EmptyState title={t("limits.noneYet")} hint={t("limits.noneHint")} />} testId="limit-list" />
        <SetLimit key={edited ? `${edited.of}/${edited.member}` : ""} old={edited} />
      </div>
    </Page>
  );
}

function SetLimit({ old }: { old: Limit | null }): ReactElement {
  const { t } = useTranslation("bank");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const [of, setOf] = useState<LimitKind>(old?.of ?? "debtor");
  const [member, setMember] = useState(old?.member ?? "");
  const [cap, setCap] = useState<Fen | null>(old?.capped ? parseFen(old.cap) : null);
  const [group, setGroup] = useState(old?.group ?? "");
  const [lift, setLift] = useState(false);
  const off = !session.may("maker") ? t("onlyMaker") : member === "" || (cap === null && !lift) ? t("limits.first") : undefined;
  const send = (): void => {
    void sign(call("credit:SetLimit", { of, member, group: group || undefined, ...(lift ? { lift: true } : { cap: fenText(cap ?? 0n) }) }));
  };
  return (
    <Panel title={t("limits.set")} testId="limit-form">
      <Form layout="vertical">
        <p className="soft">{t("limits.setAbout")}</p>
        <div className="grid" style={{ gap: "0 16px", marginTop: 12 }}>
          <Form.Item label={t("limits.of")} htmlFor="limit-of"><Select id="limit-of" value={of} onChange={setOf} options={limitKinds.map((k) => ({ value: k, label: words.of("limit", k) }))} data-testid="limit-of" /></Form.Item>
          <Form.Item label={t("limits.member")} htmlFor="limit-member"><MemberPicker id="limit-member" value={member} onChange={setMember} label={t("limits.member")} testId="limit-member" /></Form.Item>
          <Form.Item label={t("limits.cap")} htmlFor="limit-cap"><AmountInput id="limit-cap" value={cap} onChange={setCap} disabled={lift} testId="limit-cap" /></Form.Item>
          <Form.Item label={t("limits.group")} htmlFor="limit-group"><GroupPicker id="limit-group" value={group} onChange={setGroup} label={t("limits.group")} /></Form.Item>
        </div>
        <Form.Item><Checkbox checked={lift} onChange={(e) => setLift(e.target.checked)}>{t("limits.lift")}</Checkbox></Form.Item>
        <ActionButton label={t("limits.send")} primary disabled={off} onClick={send} testId="limit-send" />
      </Form>
    </Panel>
  );
}
