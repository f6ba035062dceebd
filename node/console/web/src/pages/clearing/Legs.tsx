import { Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames, usePages } from "../../app/query";
import { useWords } from "../../app/words";
import type { RunView, Settlement, SettlementState } from "../../lib/records";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";

const states: SettlementState[] = ["agreed", "instructed", "accepted", "settled", "unpaid", "returned", "cancelled"];

/** Legs are the payments of a run, one for each payee and account, and the late interest on them. */
export function Legs({ run }: { run: RunView }): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const [state, setState] = useState("");
  const [payeeBank, setBank] = useState("");
  const [purpose, setPurpose] = useState("");
  const banks = [...new Set(run.totals.map((x) => x.payeeBank))].filter((b) => b !== "");
  const names = useNames(banks);
  const pages = usePages<Settlement>(`/v1/runs/${encodeURIComponent(run.id)}/legs`, { state, payeeBank, purpose });
  const columns: Column<Settlement>[] = [
    { key: "payee", title: t("payee"), phone: "title", render: (l) => <MemberName id={l.payee} /> },
    { key: "id", title: t("leg"), render: (l) => <span className="mono">{l.id}</span> },
    { key: "bank", title: t("payeeBank"), render: (l) => (l.payeeBank ? <MemberName id={l.payeeBank} /> : <span className="warn">{t("sums.noAccount")}</span>) },
    { key: "purpose", title: t("purpose"), phone: "hide", render: (l) => words.of("purpose", l.purpose) },
    { key: "round", title: t("rounds.number"), end: true, phone: "hide", render: (l) => (l.round > 0 ? String(l.round) : null) },
    { key: "amount", title: t("amount"), end: true, render: (l) => <Money amount={l.amount} /> },
    { key: "state", title: t("state"), render: (l) => <StateTag kind="settlement" state={l.state} /> },
    { key: "remark", title: t("legs.remark"), render: (l) => <Remark leg={l} /> },
  ];
  const choose = (label: string, value: string, set: (v: string) => void, options: { value: string; label: string }[], testId: string): ReactElement => (
    <Select allowClear placeholder={label} aria-label={label} value={value || undefined} onChange={(v?: string) => set(v ?? "")} options={options} data-testid={testId} />
  );
  return (
    <div className="stack">
      <div className="grid">
        {choose(t("legs.anyState"), state, setState, states.map((s) => ({ value: s, label: words.state("settlement", s) })), "legs-state")}
        {choose(t("legs.anyBank"), payeeBank, setBank, banks.map((b) => ({ value: b, label: names(b) })), "legs-bank")}
        {choose(t("legs.anyPurpose"), purpose, setPurpose, ["clearing", "late-interest"].map((p) => ({ value: p, label: words.of("purpose", p) })), "legs-purpose")}
      </div>
      <PagedTable
        label={t("legs.title")}
        columns={columns}
        pages={pages}
        rowKey={(l) => l.id}
        to={(l) => `/clearing/legs/${encodeURIComponent(l.id)}`}
        empty={<EmptyState title={t("legs.none")} hint={t("legs.noneHint")} />}
        testId="legs"
      />
    </div>
  );
}

function Remark({ leg }: { leg: Settlement }): ReactElement | null {
  const { t } = useTranslation("clearing");
  if (leg.disputedAt !== null) return <span className="bad">{t("legs.disputed")}: {leg.dispute}</span>;
  if (leg.kept) return <span className="warn">{t("legs.kept")}{leg.reason && `: ${leg.reason}`}</span>;
  return leg.reason ? <span className="soft">{leg.reason}</span> : leg.adviceRef ? <span className="soft mono">{leg.adviceRef}</span> : null;
}
