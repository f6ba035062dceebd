import { Button, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useNavigate, useParams } from "react-router-dom";
import { usePages, useRead } from "../../app/query";
import { useWords } from "../../app/words";
import { groupedNumber, parseCertificateNumber } from "../../lib/number";
import type { CertificateView, Pack, RuleDecision, RuleResult } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";
import { Sub } from "./Sub";
import { Verdict } from "./Verdict";

/** Decisions replays what the rules of each day said of a certificate. */
export function Decisions(): ReactElement {
  const { t } = useTranslation("audit");
  const navigate = useNavigate();
  const { number = "" } = useParams();
  const [text, setText] = useState(number);
  const wanted = text.replace(/\s/g, "").toUpperCase();
  const valid = parseCertificateNumber(wanted) !== null;
  return (
    <Page title={t("decisions.title")} sub={number ? groupedNumber(number) : t("decisions.sub")} crumbs={[{ title: t("title"), to: "/audit" }]} testId="decisions">
      <Sub />
      <div className="stack">
        <Panel>
          <Form layout="vertical" onFinish={() => valid && void navigate(`/audit/decisions/${wanted}`)}>
            <Form.Item label={t("decisions.number")} htmlFor="decision-number" extra={t("decisions.numberHint")}>
              <Input id="decision-number" className="mono" value={text} status={wanted !== "" && !valid ? "error" : ""} onChange={(e) => setText(e.target.value)} data-testid="decision-number" />
            </Form.Item>
            <Button htmlType="submit" type="primary" disabled={!valid} data-testid="decision-go">{t("decisions.go")}</Button>
          </Form>
        </Panel>
        {number !== "" && <Replay key={number} number={number} />}
      </div>
    </Page>
  );
}

function Replay({ number }: { number: string }): ReactElement {
  const { t } = useTranslation("audit");
  const certificate = useRead<CertificateView>(`/v1/certificates/${encodeURIComponent(number)}`);
  const pages = usePages<RuleDecision>(`/v1/certificates/${encodeURIComponent(number)}/rules`);
  const c = certificate.data;
  if (certificate.error ?? pages.error) return <ProblemBox error={certificate.error ?? pages.error} onRetry={pages.retry} />;
  return (
    <>
      {c && (
        <Panel>
          <Facts
            items={[
              { label: t("certificate"), value: <CertificateLink number={c.number} /> },
              { label: t("debtor"), value: <MemberName id={c.debtor} link /> },
              { label: t("company.face"), value: <Money amount={c.face} /> },
              { label: t("company.payment"), value: <DateText date={c.payment} /> },
              { label: t("state"), value: <StateTag kind="certificate" state={c.state} /> },
            ]}
          />
        </Panel>
      )}
      {!pages.isLoading && pages.items.length === 0 && <div className="panel"><EmptyState title={t("decisions.none")} /></div>}
      {pages.items.map((d) => <Decision key={d.txId} decision={d} />)}
      {pages.hasMore && <div><Button onClick={pages.more} loading={pages.isFetchingMore} data-testid="load-more">{t("decisions.more")}</Button></div>}
    </>
  );
}

function Decision({ decision: d }: { decision: RuleDecision }): ReactElement {
  const { t } = useTranslation("audit");
  const words = useWords();
  const day = d.time.slice(0, 10);
  const pack = useRead<Pack>("/v1/rules/pack", { date: day }, { fresh: Infinity }).data;
  return (
    <Panel
      title={words.of("function", d.function)}
      actions={<Link to={`/audit/transactions/${d.txId}`} data-testid="decision-transaction">{t("decisions.transaction")}</Link>}
      testId={`decision-${d.height}`}
    >
      <div className="stack">
        <Facts
          items={[
            { label: t("decisions.by"), value: d.member ? <MemberName id={d.member} link /> : t("decisions.sweep") },
            { label: t("decisions.time"), value: <InstantText at={d.time} exact /> },
            { label: t("decisions.height"), value: String(d.height) },
            { label: t("decisions.pack"), value: <Link to={`/rules?day=${day}`}>{pack && pack.ordinal === d.pack ? t("decisions.packOf", { pack: d.pack, day: pack.effective }) : t("decisions.packNumber", { pack: d.pack })}</Link> },
          ]}
        />
        <ul className="stack-tight" style={{ listStyle: "none", padding: 0 }}>
          {d.rules.map((r) => <Rule key={r.rule} rule={r} />)}
        </ul>
      </div>
    </Panel>
  );
}

/** Rule is what one rule said, with its clause and the facts on which it flagged or refused. */
function Rule({ rule: r }: { rule: RuleResult }): ReactElement {
  const words = useWords();
  return (
    <li>
      <div className="row">
        <Verdict result={r.result} />
        <span className="strong">{words.of("rule", r.rule)}</span>
        <span className="soft small">{r.clause}</span>
      </div>
      <div className="soft">{r.title}</div>
      {r.facts.map((f) => <div key={f} className={r.result === "refused" ? "bad" : "warn"}>{f}</div>)}
    </li>
  );
}
