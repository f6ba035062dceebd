import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Alert, Button, Segmented, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useParams } from "react-router-dom";
import { useFunctions, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import type { PolicyRule } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";
import { nameOfFunction } from "./Policy";
import { type DraftRule, anyFunction, checkable, draftOf, maxRules, rulesOf, samePolicy } from "./rules";

/** PolicyForm sets which operations of the own member need a checker, and from which amount. */
export function PolicyForm(): ReactElement {
  const { t } = useTranslation("members");
  const { id = "" } = useParams();
  const session = useSession();
  const may = session.member.id === id && session.may("admin");
  const read = useRead<{ rules: PolicyRule[] }>(may ? `/v1/members/${id}/policy` : null);
  return (
    <Page
      title={t("policy.change")}
      sub={t("policy.sub")}
      crumbs={[{ title: t("one"), to: `/members/${id}` }, { title: t("policy.title") }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="policy-page"
    >
      <Panel>
        {!may && <EmptyState title={t("onlyAdmin")} action={<LinkButton to={`/members/${id}`}>{t("one")}</LinkButton>} />}
        {may && read.data && <Editor id={id} before={read.data.rules} />}
      </Panel>
    </Page>
  );
}

interface Line extends DraftRule {
  serial: number;
  /** An amount decides; it may not be given yet. */
  amount: boolean;
}

function Editor({ id, before }: { id: string; before: PolicyRule[] }): ReactElement {
  const { t } = useTranslation("members");
  const sign = useSign();
  const navigate = useNavigate();
  const functions = useFunctions();
  const [lines, setLines] = useState<Line[]>(() => draftOf(before).map((r, serial) => ({ ...r, serial, amount: r.from !== null })));
  const names = functions ? [anyFunction, ...checkable(functions)] : [anyFunction];
  const free = names.filter((n) => !lines.some((l) => l.function === n));
  const set = (serial: number, part: Partial<Line>): void => setLines((all) => all.map((l) => (l.serial === serial ? { ...l, ...part } : l)));
  const rules = rulesOf(lines.map((l) => ({ function: l.function, from: l.amount ? l.from : null })));
  const lacks = lines.some((l) => l.amount && l.from === null);
  const off = lacks ? t("policy.lacks") : samePolicy(rules, before) ? t("policy.same") : undefined;
  const save = async (): Promise<void> => {
    const done = await sign({ ...call("member:SetPolicy", { rules }), after: <p>{t("policy.after")}</p> });
    if (done) void navigate(`/members/${id}`);
  };
  return (
    <div className="stack">
      <Alert type="info" showIcon title={t("policy.how")} description={t("policy.howText")} />
      {lines.map((l) => (
        <div key={l.serial} className="card" data-testid={`policy-rule-${l.function}`}>
          <div className="stack-tight">
            <div className="row" style={{ flexWrap: "nowrap" }}>
              <Select
                style={{ flex: 1, minWidth: 0 }}
                aria-label={t("policy.function")}
                showSearch={{ optionFilterProp: "label" }}
                value={l.function}
                onChange={(name: string) => set(l.serial, { function: name, ...(hasAmount(name) ? {} : { amount: false, from: null }) })}
                options={[l.function, ...free].map((n) => ({ value: n, label: nameOfFunction(n, t("policy.any")) }))}
              />
              <Button type="text" icon={<DeleteOutlined />} aria-label={`${t("policy.remove")} ${nameOfFunction(l.function, t("policy.any"))}`} onClick={() => setLines((all) => all.filter((o) => o !== l))} />
            </div>
            {hasAmount(l.function) && (
              <Segmented
                value={l.amount ? "amount" : "always"}
                onChange={(v) => set(l.serial, { amount: v === "amount" })}
                options={[{ value: "always", label: t("policy.always") }, { value: "amount", label: t("policy.fromAmount") }]}
                aria-label={t("policy.from")}
              />
            )}
            {l.amount && <AmountInput label={t("policy.from")} value={l.from} onChange={(from) => set(l.serial, { from })} testId={`policy-from-${l.function}`} />}
          </div>
        </div>
      ))}
      <div>
        <Button
          type="dashed"
          icon={<PlusOutlined />}
          disabled={free.length === 0 || lines.length >= maxRules}
          onClick={() => setLines((all) => [...all, { serial: 1 + Math.max(-1, ...all.map((l) => l.serial)), function: free[0] ?? anyFunction, from: null, amount: false }])}
          data-testid="policy-add"
        >
          {t("policy.add")}
        </Button>
      </div>
      <ActionButton label={t("policy.save")} primary block disabled={off} onClick={() => void save()} testId="policy-save" />
      {off && <p className="soft small">{off}</p>}
    </div>
  );

  function hasAmount(name: string): boolean {
    return name === anyFunction || (functions?.get(name)?.hasAmount ?? false);
  }
}
