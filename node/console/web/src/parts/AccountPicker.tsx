import { Select } from "antd";
import { type ReactElement, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useRead, useStatus } from "../app/query";
import { useSession } from "../app/session";
import { parseInstant } from "../lib/calendar";
import type { Account, AccountsPage } from "../lib/records";

interface AccountPickerProps {
  id?: string;
  /** The account's id. Fits into an Ant Design Form.Item. */
  value?: string;
  onChange?: (account: string) => void;
  label: string;
  testId?: string;
}

/** useAccounts reads the own member's accounts that can be used now; null until they are known. */
export function useAccounts(): Account[] | null {
  const { member } = useSession();
  const now = useStatus().data?.ledgerTime;
  const { data } = useRead<AccountsPage>(`/v1/members/${member.id}/accounts`, { limit: 200 });
  if (!data || !now) return null;
  const cooled = (a: Account): boolean => a.usableFrom === null || parseInstant(a.usableFrom) <= parseInstant(now);
  return data.items.filter((a) => a.state === "confirmed" && cooled(a));
}

/** AccountPicker chooses one of the own member's accounts that its bank confirmed. The only one is chosen by itself. */
export function AccountPicker({ id, value, onChange, label, testId }: AccountPickerProps): ReactElement {
  const { t } = useTranslation("deal");
  const accounts = useAccounts();
  const only = accounts?.length === 1 ? accounts[0]?.id : undefined;
  useEffect(() => {
    if (only && !value) onChange?.(only);
  }, [only, value, onChange]);
  if (accounts?.length === 0) {
    return (
      <p className="warn" data-testid={testId}>
        {t("account.none")} <Link to="/accounts">{t("account.add")}</Link>
      </p>
    );
  }
  return (
    <Select
      id={id}
      style={{ width: "100%" }}
      aria-label={label}
      data-testid={testId}
      loading={accounts === null}
      placeholder={t("account.choose")}
      value={value || undefined}
      onChange={(chosen: string) => onChange?.(chosen)}
      options={(accounts ?? []).map((a) => ({ value: a.id, label: a.id }))}
    />
  );
}
