import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useNames, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { dateOfInstant } from "../../lib/calendar";
import { humanFen } from "../../lib/money";
import type { Confirmation as Request } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { ActionButton, ReasonButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";

/** Confirmation is one request that a debtor confirm a debt; the debtor answers it here. */
export function Confirmation(): ReactElement {
  const { t } = useTranslation("certificates");
  const { id = "" } = useParams();
  const today = useToday();
  const read = useRead<Request>(`/v1/confirmations/${encodeURIComponent(id)}`);
  const c = read.data;
  const names = useNames([c?.creditor, c?.debtor]);
  const open = c?.state === "open" || c?.state === "overdue";
  return (
    <Page
      title={t("confirmations.one")}
      sub={c && t("confirmations.sentence", { creditor: names(c.creditor), debtor: names(c.debtor), amount: humanFen(c.amount) })}
      crumbs={[{ title: t("title"), to: "/certificates" }, { title: t("confirmations.title"), to: "/certificates/confirmations" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="confirmation"
    >
      {c && (
        <div className="stack">
          <Panel>
            <div className="stack">
              <div className="row-between">
                <Money amount={c.amount} big withCapital />
                <StateTag kind="confirmation" state={c.state} testId="confirmation-state" />
              </div>
              <Facts
                items={[
                  { label: t("confirmations.creditor"), value: <MemberName id={c.creditor} withCode link /> },
                  { label: t("facts.debtor"), value: <MemberName id={c.debtor} withCode link /> },
                  { label: t("evidence.contract"), value: <Link to={`/issue/contracts/${encodeURIComponent(c.contract)}`}>{c.contract}</Link> },
                  { label: t("confirmations.askedAt"), value: <InstantText at={c.askedAt} exact /> },
                  { label: t("confirmations.dueAt"), value: <DateText date={dateOfInstant(c.dueAt)} from={open ? today : undefined} /> },
                  { label: t("confirmations.answeredAt"), value: c.endedAt && <InstantText at={c.endedAt} exact /> },
                  { label: t("confirmations.reason"), value: c.reason, wide: true },
                ]}
              />
              <p className="soft small">{t("confirmations.clause")}</p>
            </div>
          </Panel>
          {open && <Answer request={c} />}
        </div>
      )}
    </Page>
  );
}

function Answer({ request: c }: { request: Request }): ReactElement {
  const { t } = useTranslation("certificates");
  const session = useSession();
  const sign = useSign();
  const names = useNames([c.creditor]);
  if (c.debtor !== session.member.id) return <p className="soft">{t("confirmations.waitsFor")} <MemberName id={c.debtor} /></p>;
  const facts = { amount: c.amount, lines: [{ label: t("confirmations.creditor"), text: names(c.creditor), strong: true }, { label: t("evidence.contract"), text: c.contract }] };
  const off = session.may("maker") ? undefined : t("do.onlyMaker");
  return (
    <Panel title={t("confirmations.answer")}>
      <div className="stack-tight">
        <p className="soft">{t("confirmations.answerHint")}</p>
        <div className="row">
          <ActionButton
            label={t("confirmations.agree")}
            primary
            disabled={off}
            onClick={() => void sign({ ...call("certificate:AnswerConfirmation", { id: c.id, agree: true }), facts })}
            testId="confirmation-agree"
          />
          <ReasonButton
            label={t("confirmations.refuse")}
            about={t("confirmations.refuseHint")}
            danger
            disabled={off}
            onReason={(reason) => void sign({ ...call("certificate:AnswerConfirmation", { id: c.id, agree: false, reason }), facts })}
            testId="confirmation-refuse"
          />
        </div>
        {off && <p className="soft small">{off}</p>}
      </div>
    </Panel>
  );
}
