import { Form, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Pages, usePages } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type Fen, fenText, parseFen } from "../../lib/money";
import type { Group } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { Money } from "../../parts/Money";
import { EmptyState, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ActionButton } from "../../parts/ReasonButton";

/** useGroups are the bank's group caps. */
function useGroups(): Pages<Group> {
  return usePages<Group>("/v1/groups", { bank: useSession().member.id }, 200);
}

interface GroupPickerProps {
  id: string;
  /** Id of a group; empty for none. */
  value: string;
  onChange: (group: string) => void;
  label: string;
  /** A group that is not offered: none lies in itself. */
  except?: string;
}

/** GroupPicker chooses one of the bank's group caps, or none. */
export function GroupPicker({ id, value, onChange, label, except }: GroupPickerProps): ReactElement {
  const { t } = useTranslation("bank");
  const options = useGroups().items.filter((g) => g.id !== except).map((g) => ({ value: g.id, label: g.id }));
  return <Select id={id} allowClear showSearch value={value || undefined} onChange={(v?: string) => onChange(v ?? "")} options={options} notFoundContent={t("groups.none")} aria-label={label} data-testid={id} />;
}

/** Groups are the bank's caps over several lines and limits, with what is left of them. */
export function Groups(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const pages = useGroups();
  const [edited, setEdited] = useState<Group | null>(null);
  const left = (g: Group): Fen => parseFen(g.cap) - parseFen(g.used) - parseFen(g.reserved);
  const columns: Column<Group>[] = [
    { key: "id", title: t("groups.id"), phone: "title", render: (g) => g.id },
    { key: "parent", title: t("groups.within"), render: (g) => g.parent },
    { key: "cap", title: t("groups.cap"), end: true, render: (g) => <Money amount={g.cap} /> },
    { key: "used", title: t("lines.used"), end: true, render: (g) => <Money amount={g.used} /> },
    { key: "reserved", title: t("lines.reserved"), end: true, phone: "hide", render: (g) => <Money amount={g.reserved} /> },
    { key: "left", title: t("lines.available"), end: true, render: (g) => (left(g) < 0n ? <span className="bad">{t("limits.over")}</span> : <Money amount={left(g)} />) },
    { key: "do", title: t("do"), render: (g) => <ActionButton label={t("limits.edit")} disabled={session.may("maker") ? undefined : t("onlyMaker")} onClick={() => setEdited(g)} testId={`group-edit-${g.id}`} /> },
  ];
  return (
    <Panel title={t("groups.title")} testId="group-form">
      <div className="stack">
        <p className="soft">{t("groups.about")}</p>
        <PagedTable label={t("groups.title")} columns={columns} pages={pages} rowKey={(g) => g.id} empty={<EmptyState title={t("groups.none")} hint={t("groups.noneHint")} />} testId="group-list" />
        <SetGroup key={edited?.id ?? ""} old={edited} />
      </div>
    </Panel>
  );
}

function SetGroup({ old }: { old: Group | null }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const sign = useSign();
  const [id, setId] = useState(old?.id ?? "");
  const [parent, setParent] = useState(old?.parent ?? "");
  const [cap, setCap] = useState<Fen | null>(old ? parseFen(old.cap) : null);
  const off = !session.may("maker") ? t("onlyMaker") : id.trim() === "" || cap === null ? t("groups.first") : undefined;
  return (
    <Form layout="vertical">
      <div className="grid" style={{ gap: "0 16px" }}>
        <Form.Item label={t("groups.id")} htmlFor="group-id"><Input id="group-id" value={id} maxLength={32} onChange={(e) => setId(e.target.value)} data-testid="group-id" /></Form.Item>
        <Form.Item label={t("groups.cap")} htmlFor="group-cap"><AmountInput id="group-cap" value={cap} onChange={setCap} testId="group-cap" /></Form.Item>
        <Form.Item label={t("groups.parent")} htmlFor="group-parent"><GroupPicker id="group-parent" value={parent} onChange={setParent} label={t("groups.parent")} except={id.trim()} /></Form.Item>
      </div>
      <ActionButton label={t("groups.send")} disabled={off} onClick={() => void sign(call("credit:SetGroup", { id: id.trim(), parent: parent || undefined, cap: fenText(cap ?? 0n) }))} testId="group-send" />
    </Form>
  );
}
