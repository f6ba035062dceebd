import { Alert, Form, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useStatus } from "../../app/query";
import { addMonths, instantText, parseInstant } from "../../lib/calendar";
import type { CredentialArgument } from "../../lib/arguments";
import type { Member, Pack, PersonRole } from "../../lib/records";
import { ActionButton } from "../../parts/ReasonButton";
import { InstantText } from "../../parts/Time";
import { KeySource, type SourcedKey } from "./KeySource";
import { isInstitution } from "./powers";

const hour = 3600_000;

/** validityOf is from when to when a key is valid: from a moment on, for so many years. */
export function validityOf(start: number, years: number): Pick<CredentialArgument, "notBefore" | "notAfter"> {
  const notBefore = instantText(start);
  return { notBefore, notAfter: addMonths(notBefore.slice(0, 10), 12 * years) + notBefore.slice(10) };
}

interface KeyFormProps {
  m: Member;
  fixed?: { person: string; roles: PersonRole[] };
  /** The key cools off before it can sign. */
  cools: boolean;
  action: string;
  onKey: (credential: CredentialArgument) => Promise<void>;
}

/** KeyForm takes a key and its time, for a new person or in place of an old key. */
export function KeyForm({ m, fixed, cools, action, onKey }: KeyFormProps): ReactElement {
  const { t } = useTranslation("members");
  const ledger = useStatus().data?.ledgerTime;
  const pack = useRead<Pack>(cools ? "/v1/rules/pack" : null);
  const [key, setKey] = useState<SourcedKey | null>(null);
  const [days, setDays] = useState(1);
  const [years, setYears] = useState(2);
  const cooling = pack.data?.coolingOffHours ?? 0;
  const start = ledger ? parseInstant(ledger) + (cools ? (cooling + 24 * days) * hour : 0) : 0;
  const other = key && fixed && (key.request.person !== fixed.person || [...key.request.roles].sort().join() !== [...fixed.roles].sort().join());
  const off = !key ? t("off.key") : other ? t("source.otherPerson", { person: fixed.person }) : !key.saved ? t("off.save") : start === 0 || (cools && !pack.data) ? t("off.wait") : undefined;
  const counts = (list: number[], word: string): { value: number; label: string }[] => list.map((n) => ({ value: n, label: t(word, { count: n }) }));
  return (
    <div className="stack">
      <KeySource member={m.id} institution={isInstitution(m)} fixed={fixed} value={key} onChange={setKey} />
      <Form layout="vertical" component="div">
        {cools && (
          <Form.Item label={t("approvedIn")} htmlFor="key-days" extra={pack.data ? t("approvedHint", { hours: cooling }) : undefined}>
            <Select id="key-days" value={days} onChange={(n: number) => setDays(n)} options={counts([1, 3, 7], "days")} data-testid="key-days" />
          </Form.Item>
        )}
        <Form.Item label={t("validFor")} htmlFor="key-years" style={{ marginBottom: 0 }}>
          <Select id="key-years" value={years} onChange={(n: number) => setYears(n)} options={counts([1, 2, 3], "years")} data-testid="key-years" />
        </Form.Item>
      </Form>
      {start > 0 && <p className="soft">{t("validFrom")}: <InstantText at={instantText(start)} /></p>}
      <Alert type="info" showIcon title={t("twoAdmins")} />
      <ActionButton
        label={action}
        primary
        block
        disabled={off}
        onClick={() => key && void onKey({ ...key.request, ...validityOf(start, years) })}
        testId="key-register"
      />
      {off && <p className="soft small">{off}</p>}
    </div>
  );
}
