import { AutoComplete, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNames, useRead, useStatus } from "../app/query";
import { useSession } from "../app/session";
import { useWords } from "../app/words";
import { isSocialCredit } from "../lib/number";
import type { Member, Role, SearchHit } from "../lib/records";

interface MemberPickerProps {
  id?: string;
  /** Social credit code, or empty. Fits into an Ant Design Form.Item. */
  value?: string;
  onChange?: (id: string) => void;
  /** Members offered without typing, counterparties of before for example. */
  known?: string[];
  /** Codes that cannot be chosen. */
  not?: string[];
  /** The member must have one of these roles. */
  roles?: Role[];
  label?: string;
  disabled?: boolean;
  testId?: string;
}

/**
 * MemberPicker chooses a member by its social credit code, and by name among those known and, for members that see
 * everything, among all. The name that the ledger has for the code is shown before it is used.
 */
export function MemberPicker({
  id,
  value = "",
  onChange,
  known = [],
  not = [],
  roles,
  label,
  disabled,
  testId,
}: MemberPickerProps): ReactElement {
  const { t } = useTranslation();
  const words = useWords();
  const session = useSession();
  const names = useNames(known);
  const [text, setText] = useState(value);
  const [given, setGiven] = useState(value);
  if (given !== value) {
    setGiven(value);
    if (value !== "" || isSocialCredit(text)) setText(value);
  }
  const code = text.trim().toUpperCase();
  const whole = isSocialCredit(code);
  const byName = session.viewer.seesAll && !whole && text.trim().length >= 2;
  const member = useRead<Member>(whole ? `/v1/members/${code}` : null, {}, { fresh: 60_000 });
  const found = useRead<{ items: SearchHit[] }>(byName ? "/v1/search" : null, { q: text.trim() });

  const lower = text.trim().toLowerCase();
  const options = [
    ...known.map((m) => ({ id: m, name: names(m) })),
    ...(byName
      ? (found.data?.items ?? []).filter((h) => h.kind === "member").map((h) => ({ id: h.id, name: h.title }))
      : []),
  ]
    .filter((m, i, all) => !not.includes(m.id) && all.findIndex((o) => o.id === m.id) === i)
    .filter((m) => lower === "" || m.id.toLowerCase().includes(lower) || m.name.toLowerCase().includes(lower));

  let note: ReactElement | null = null;
  if (whole && not.includes(code)) note = <span className="bad">{t("member.not")}</span>;
  else if (whole && member.data) {
    const fits = !roles || roles.some((r) => member.data?.roles.includes(r));
    note = (
      <span className={fits ? "good" : "bad"} data-testid="member-found">
        {member.data.name} · {member.data.roles.map((r) => words.of("role", r)).join("、")}
        {!fits && ` — ${t("member.wrongRole")}`}
      </span>
    );
  } else if (whole && member.error) note = <span className="bad">{t("member.unknown")}</span>;
  else if (code.length >= 18) note = <span className="bad">{t("member.badCode")}</span>;

  return (
    <div>
      <AutoComplete
        id={id}
        style={{ width: "100%" }}
        value={text}
        disabled={disabled}
        options={options.map((m) => ({
          value: m.id,
          label: (
            <div>
              {m.name}
              <div className="soft small mono">{m.id}</div>
            </div>
          ),
        }))}
        onChange={(next: string) => {
          setText(next);
          const wanted = next.trim().toUpperCase();
          onChange?.(isSocialCredit(wanted) && !not.includes(wanted) ? wanted : "");
        }}
      >
        <Input
          aria-label={label ?? t("member.label")}
          placeholder={t("member.placeholder")}
          data-testid={testId ?? "member-picker"}
          autoComplete="off"
        />
      </AutoComplete>
      <div className="field-note" aria-live="polite">
        {note}
      </div>
    </div>
  );
}

interface BankPickerProps {
  id?: string;
  value?: string | string[];
  onChange?: (value: string | string[]) => void;
  /** Several banks. */
  multiple?: boolean;
  label?: string;
  testId?: string;
}

/** BankPicker chooses among the banks that run the network. */
export function BankPicker({ id, value, onChange, multiple, label, testId }: BankPickerProps): ReactElement {
  const { t } = useTranslation();
  const banks = useStatus().data?.validators ?? [];
  return (
    <Select
      id={id}
      mode={multiple ? "multiple" : undefined}
      style={{ width: "100%" }}
      aria-label={label ?? t("member.bank")}
      data-testid={testId ?? "bank-picker"}
      placeholder={t("member.bank")}
      value={value === "" ? undefined : value}
      onChange={(chosen: string | string[]) => onChange?.(chosen)}
      options={banks.map((b) => ({ value: b.bank, label: b.name || b.bank }))}
      showSearch={{ optionFilterProp: "label" }}
    />
  );
}
