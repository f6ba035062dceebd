import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router-dom";
import { useRead, useStatus, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { parseInstant } from "../../lib/calendar";
import { amountOf } from "../../lib/interval";
import { fenText, sumFen } from "../../lib/money";
import type { CertificateView, Consent, Extension as Record } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, Digest, MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { ActionButton } from "../../parts/ReasonButton";
import { DateText, InstantText } from "../../parts/Time";
import { overdueParts } from "./overdue";

/** Extension is an offer to pay overdue fen later, with who agreed and who has not yet. */
export function Extension(): ReactElement {
  const { t } = useTranslation("clearing");
  const { id = "" } = useParams();
  const read = useRead<Record>(`/v1/extensions/${encodeURIComponent(id)}`);
  const x = read.data;
  return (
    <Page
      title={t("extension.title")}
      sub={x && t("extension.sub", { from: x.from, to: x.payment })}
      crumbs={[{ title: t("title"), to: "/clearing" }, { title: t("extensions.title"), to: "/clearing/extensions" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="extension"
    >
      {x && <Body extension={x} />}
    </Page>
  );
}

function missing(c: Consent): boolean {
  return c.member !== "" && c.signed.member === "";
}

function Body({ extension: x }: { extension: Record }): ReactElement {
  const { t } = useTranslation("clearing");
  const now = useStatus().data?.ledgerTime ?? "";
  const open = !x.closed && now !== "" && parseInstant(now) < parseInstant(x.until);
  const extended = sumFen(x.parts.filter((p) => p.made !== null).map((p) => amountOf(p.interval)));
  const who = (c: Consent): ReactElement => (
    <span key={c.member} className={missing(c) ? "warn" : undefined}>
      <MemberName id={c.member} /> {missing(c) ? t("extension.missing") : <InstantText at={c.signed.at} />}
    </span>
  );
  return (
    <div className="stack">
      <Panel>
        <Facts
          testId="extension-facts"
          items={[
            { label: t("debtor"), value: <MemberName id={x.debtor} link /> },
            { label: t("certificate"), value: <CertificateLink number={x.certificate} /> },
            { label: t("extensions.from"), value: <DateText date={x.from} /> },
            { label: t("extensions.to"), value: <DateText date={x.payment} /> },
            { label: t("extensions.extended"), value: <Money amount={extended} testId="extension-amount" /> },
            { label: t("extensions.until"), value: x.closed ? t("extensions.closed") : <InstantText at={x.until} /> },
            x.line.member !== "" && { label: t("extension.line"), value: who(x.line) },
            { label: t("extension.document"), value: <Digest value={x.document} /> },
            { label: t("reason"), value: x.reason, wide: true },
          ]}
        />
      </Panel>
      {open && <Actions extension={x} />}
      <Panel title={t("extension.parts")}>
        <PagedTable
          label={t("extension.parts")}
          columns={[
            { key: "owner", title: t("extension.owner"), phone: "title", render: (p) => <MemberName id={p.owner.member} /> },
            { key: "interval", title: t("interval"), render: (p) => <span className="num">{p.interval}</span> },
            { key: "amount", title: t("amount"), end: true, render: (p) => <Money amount={amountOf(p.interval)} /> },
            { key: "others", title: t("extension.others"), render: (p) => (p.others.length === 0 ? t("extension.nobody") : <div className="stack-tight">{p.others.map(who)}</div>) },
            { key: "made", title: t("extension.made"), render: (p) => (p.made ? <InstantText at={p.made} /> : <span className="warn">{t("extension.waits")}</span>) },
          ]}
          rows={x.parts}
          rowKey={(p) => p.interval}
          empty={<EmptyState title={t("extension.noParts")} />}
          testId="extension-parts"
        />
      </Panel>
    </div>
  );
}

function Actions({ extension: x }: { extension: Record }): ReactElement | null {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const me = session.member.id;
  const owns = session.is("holder", "funder") && me !== x.debtor;
  const read = useRead<CertificateView>(owns ? `/v1/certificates/${x.certificate}` : null);
  const parts = read.data ? overdueParts(read.data, me, today, x) : [];
  const off = session.may("maker") ? undefined : t("onlyMaker");
  const toConsent = (x.line.member === me && missing(x.line)) || x.parts.some((p) => p.made === null && p.others.some((c) => c.member === me && missing(c)));
  const mine = x.debtor === me;
  if (parts.length === 0 && !toConsent && !mine) return null;
  return (
    <Panel title={t("extension.todo")} testId="extension-todo">
      <div className="stack">
        {parts.length > 0 && <p className="soft">{t("extension.acceptAbout", { day: x.payment })}</p>}
        {parts.map((p) => (
          <div key={p.interval} className="row-between">
            <span><Money amount={amountOf(p.interval)} /> <span className="soft num">{p.interval}</span></span>
            <ActionButton
              label={t("extension.accept")}
              primary
              disabled={off}
              onClick={() => void sign({ ...call("clearing:AcceptExtension", { id: x.id, interval: p.interval }), facts: { amount: fenText(amountOf(p.interval)), lines: [{ label: t("extensions.to"), text: x.payment, strong: true }] }, after: <p>{t("extension.acceptAfter")}</p> })}
              testId={`extension-accept-${p.holding}`}
            />
          </div>
        ))}
        {toConsent && (
          <>
            <p className="soft">{t("extension.consentAbout")}</p>
            <div><ActionButton label={t("extension.consent")} primary disabled={off} onClick={() => void sign({ ...call("clearing:ConsentToExtension", { id: x.id }) })} testId="extension-consent" /></div>
          </>
        )}
        {mine && (
          <>
            <p className="soft">{t("extension.withdrawAbout")}</p>
            <div><ActionButton label={t("extension.withdraw")} danger disabled={off} onClick={() => void sign({ ...call("clearing:WithdrawExtension", { id: x.id }) })} testId="extension-withdraw" /></div>
          </>
        )}
      </div>
    </Panel>
  );
}
