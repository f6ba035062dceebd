import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead } from "../../app/query";
import { useWords } from "../../app/words";
import { parseFen } from "../../lib/money";
import type { Settlement as Payment } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { LegsTable } from "../../parts/LegsTable";
import { Money } from "../../parts/Money";
import { Copy, Digest, MemberName } from "../../parts/Names";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { SettlementActions } from "../../parts/SettlementActions";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";

/** Settlement is one payment: who pays whom what out of which account, for which fen, how far it is, and what can be done. */
export function Settlement(): ReactElement {
  const { t } = useTranslation("finance");
  const { id = "" } = useParams();
  const words = useWords();
  const read = useRead<Payment>(`/v1/settlements/${encodeURIComponent(id)}`);
  const s = read.data;
  return (
    <Page
      title={s ? words.of("purpose", s.purpose) : t("settlements.one")}
      sub={s && t(`settlements.state.${s.state}`)}
      crumbs={[{ title: t("title"), to: "/finance" }, { title: t("settlements.title"), to: "/finance/settlements" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="settlement"
    >
      {s && <Body settlement={s} />}
    </Page>
  );
}

function Body({ settlement: s }: { settlement: Payment }): ReactElement {
  const { t } = useTranslation("finance");
  const words = useWords();
  return (
    <div className="stack">
      <Panel>
        <div className="stack">
          <div className="row-between">
            <Money amount={s.amount} big withCapital testId="settlement-amount" />
            <StateTag kind="settlement" state={s.state} testId="settlement-state" />
          </div>
          {s.disputedAt !== null && <Alert type="warning" showIcon title={t("settlements.disputed")} description={s.dispute} data-testid="settlement-disputed" />}
          {s.run !== "" && <Alert type="info" showIcon title={t("settlements.ofRun")} action={<LinkButton to={`/clearing/legs/${s.id}`}>{t("settlements.toLeg")}</LinkButton>} />}
          <Facts
            testId="settlement-facts"
            items={[
              { label: t("settlements.payer"), value: <><MemberName id={s.payer} link /><div className="soft small">{s.payerAccount} · <MemberName id={s.payerBank} /></div></> },
              { label: t("settlements.payee"), value: <><MemberName id={s.payee} link /><div className="soft small">{s.payeeAccount} · <MemberName id={s.payeeBank} /></div></> },
              parseFen(s.fen) > 0n && { label: t("settlements.fen"), value: <Money amount={s.fen} /> },
              s.effect !== null && { label: t("settlements.effect"), value: words.of("effect", s.effect) },
              { label: t("settlements.valueDate"), value: s.valueDate && <DateText date={s.valueDate} /> },
              s.financing !== "" && { label: t("settlements.financing"), value: <Link to={`/finance/${s.financing}`} className="mono">{s.financing}</Link> },
              { label: t("settlements.lapsesAt"), value: s.lapsesAt && <InstantText at={s.lapsesAt} /> },
              { label: t("settlements.instructedAt"), value: s.instruction.at && <InstantText at={s.instruction.at} exact /> },
              { label: t("settlements.staleAt"), value: ["instructed", "accepted"].includes(s.state) ? <InstantText at={s.staleAt} /> : null },
              { label: t("settlements.advice"), value: s.adviceRef && <>{s.adviceRef} · <MemberName id={s.adviceBank} /></> },
              { label: t("settlements.endedAt"), value: s.endedAt && <InstantText at={s.endedAt} exact /> },
              { label: t("settlements.reason"), value: s.reason, wide: true },
              { label: t("settlements.evidence"), value: s.evidence && <Digest value={s.evidence} /> },
            ]}
          />
        </div>
      </Panel>
      {s.run === "" && (
        <Panel title={t("settlements.do")}>
          <SettlementActions settlement={s} />
        </Panel>
      )}
      {s.legs.length > 0 && (
        <Panel title={t("one.fen", { count: s.legs.length })}>
          <LegsTable legs={s.legs} label={t("one.fen", { count: s.legs.length })} />
        </Panel>
      )}
      <p className="soft small">
        {t("settlements.number")} <span className="mono">{s.id}</span> <Copy text={s.id} />
      </p>
    </div>
  );
}
