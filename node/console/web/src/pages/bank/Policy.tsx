import { Alert, Button, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useRefresh } from "../../app/query";
import { useSession } from "../../app/session";
import { Digest } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { ProblemBox } from "../../parts/ProblemBox";
import { ActionButton } from "../../parts/ReasonButton";
import { InstantText } from "../../parts/Time";
import { FileDrop } from "../../parts/FileDrop";
import { saveText } from "../../parts/save";
import { OutcomeTag } from "./Outcome";
import { Sub } from "./Sub";
import type { Compared, PolicyVersion } from "./policy";

/** Policy are the versions of the bank's own policy for requests: shown, tested against past requests, adopted. */
export function Policy(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const own = session.viewer.ownNode && session.is("funder");
  const [shown, setShown] = useState<number | null>(null);
  const versions = useRead<{ versions: PolicyVersion[] }>(own ? "/v1/policy/versions" : null);
  const list = [...(versions.data?.versions ?? [])].reverse();
  const columns: Column<PolicyVersion>[] = [
    { key: "number", title: t("policy.number"), phone: "title", render: (v) => <>{v.number}{v.active && <span className="good small"> {t("policy.active")}</span>}</> },
    { key: "name", title: t("policy.name"), render: (v) => v.name },
    { key: "at", title: t("policy.at"), render: (v) => <InstantText at={v.at} /> },
    { key: "by", title: t("policy.by"), render: (v) => v.by.person },
    { key: "hash", title: "SHA-256", phone: "hide", render: (v) => <Digest value={v.hash} /> },
    { key: "do", title: t("do"), render: (v) => <Button size="small" onClick={() => setShown(v.number)} data-testid={`policy-show-${v.number}`}>{t("policy.show")}</Button> },
  ];
  return (
    <Page title={t("policy.title")} sub={t("policy.sub")} loading={versions.isLoading} error={versions.error} onRetry={versions.retry} testId="bank-policy">
      <Sub of="policy" />
      {own ? (
        <div className="stack">
          <PagedTable label={t("policy.title")} columns={columns} rows={list} rowKey={(v) => String(v.number)} empty={<EmptyState title={t("policy.none")} hint={t("policy.noneHint")} />} testId="policy-versions" />
          <Edit key={shown ?? 0} number={shown ?? (list.length > 0 ? 0 : null)} />
        </div>
      ) : (
        <Alert type="info" showIcon title={t("policy.elsewhere")} />
      )}
    </Page>
  );
}

/** Edit shows a version's file, tests a changed one on all past requests, and adopts it. */
function Edit({ number }: { number: number | null }): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const refresh = useRefresh();
  const version = useRead<PolicyVersion>(number === null ? null : `/v1/policy/versions/${number}`);
  const [changed, setChanged] = useState<string | null>(null);
  const [compared, setCompared] = useState<Compared | null>(null);
  const [adopted, setAdopted] = useState<PolicyVersion | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const text = changed ?? version.data?.text ?? "";
  const same = changed === null || changed === version.data?.text;
  const run = async (does: () => Promise<void>): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await does();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const test = async (): Promise<void> => setCompared(await session.api.post<Compared>("/v1/policy/test", { text }));
  const adopt = async (): Promise<void> => {
    setAdopted(await session.api.post<PolicyVersion>("/v1/policy/versions", { text }));
    setCompared(null);
    await refresh();
  };
  const read = (next: string): void => {
    setChanged(next);
    setCompared(null);
    setAdopted(null);
  };
  const off = text.trim() === "" ? t("policy.first") : undefined;
  return (
    <Panel
      title={version.data ? t("policy.version", { number: version.data.number }) : t("policy.new")}
      actions={text !== "" && <Button onClick={() => saveText(text, "policy.yaml", "text/yaml")}>{t("policy.save")}</Button>}
      testId="policy-edit"
    >
      <Form layout="vertical">
        <FileDrop label={t("policy.drop")} accept=".yaml,.yml" onFiles={(files) => void files[0]?.text().then(read)} testId="policy-file" />
        <Form.Item label={t("policy.text")} htmlFor="policy-text" extra={t("policy.textHint")} style={{ marginTop: 16 }}>
          <Input.TextArea id="policy-text" className="mono" rows={18} value={text} onChange={(e) => read(e.target.value)} spellCheck={false} data-testid="policy-text" />
        </Form.Item>
        <div className="stack">
          {error !== null && <ProblemBox error={error} />}
          {adopted && <Alert type="success" showIcon title={t("policy.adopted", { number: adopted.number })} data-testid="policy-adopted" />}
          <div className="row">
            <ActionButton label={t("policy.test")} busy={busy} disabled={off} onClick={() => void run(test)} testId="policy-test" />
            <ActionButton label={t("policy.adopt")} primary busy={busy} disabled={off ?? (session.may("reviewer") ? (same ? t("policy.unchanged") : undefined) : t("policy.onlyReviewer"))} onClick={() => void run(adopt)} testId="policy-adopt" />
          </div>
          {compared && <Differences compared={compared} />}
        </div>
      </Form>
    </Panel>
  );
}

function Differences({ compared: c }: { compared: Compared }): ReactElement {
  const { t } = useTranslation("bank");
  const outcomes = ["quote", "refer", "refuse"] as const;
  return (
    <div className="stack" data-testid="policy-compared">
      <p>{t("policy.differs", { different: c.different, decisions: c.decisions })}</p>
      <PagedTable
        label={t("policy.counts")}
        columns={[
          { key: "outcome", title: t("policy.outcome"), phone: "title", render: (o) => <OutcomeTag outcome={o} /> },
          { key: "old", title: t("policy.before"), end: true, render: (o) => c.old[o] },
          { key: "new", title: t("policy.after"), end: true, render: (o) => c.new[o] },
        ]}
        rows={[...outcomes]}
        rowKey={(o) => o}
      />
      {c.differences.length > 0 && (
        <PagedTable
          label={t("policy.differences")}
          columns={[
            { key: "financing", title: t("policy.financing"), phone: "title", render: (d) => <span className="mono">{d.financing}</span> },
            { key: "old", title: t("policy.before"), render: (d) => <><OutcomeTag outcome={d.old.outcome} /> {d.old.terms && `${d.old.terms.rate} %`} <span className="soft small mono">{(d.old.rules ?? []).join(" ")}</span></> },
            { key: "new", title: t("policy.after"), render: (d) => <><OutcomeTag outcome={d.new.outcome} /> {d.new.terms && `${d.new.terms.rate} %`} <span className="soft small mono">{(d.new.rules ?? []).join(" ")}</span></> },
          ]}
          rows={c.differences}
          rowKey={(d) => String(d.decision)}
          to={(d) => `/bank/policy/decisions/${d.decision}`}
        />
      )}
    </div>
  );
}
