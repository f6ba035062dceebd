import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { usePages, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { humanFen } from "../../lib/money";
import type { FinancingRow, FinancingView } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";
import { DateText } from "../../parts/Time";
import { useParts } from "../../parts/deal";
import { Sub } from "./Sub";

/** Recourse lists what the bank financed and is outstanding, and lets it call on the seller, the borrower or the guarantor for what is overdue. */
export function Recourse(): ReactElement {
  const { t } = useTranslation("clearing");
  const { member } = useSession();
  const pages = usePages<FinancingRow>("/v1/financings", { member: member.id, state: "disbursed" }, 20);
  const rows = pages.items.filter((f) => f.funder === member.id);
  return (
    <Page title={t("recourse.title")} sub={t("recourse.sub")} crumbs={[{ title: t("title"), to: "/clearing" }]} loading={pages.isLoading} error={pages.error} onRetry={pages.retry} testId="recourse">
      <Sub />
      <div className="stack">
        {rows.length === 0 && <div className="panel"><EmptyState title={t("recourse.none")} hint={t("recourse.noneHint")} /></div>}
        {rows.map((f) => <One key={f.id} row={f} />)}
        {pages.hasMore && <div><ActionButton label={t("recourse.more")} busy={pages.isFetchingMore} onClick={pages.more} testId="recourse-more" /></div>}
      </div>
    </Page>
  );
}

function One({ row }: { row: FinancingRow }): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const { data: f } = useRead<FinancingView>(`/v1/financings/${encodeURIComponent(row.id)}`);
  const { parts } = useParts(f?.settlement.legs ?? []);
  const first = parts?.map((p) => p.payment).sort()[0] ?? "";
  const off = (missing: boolean, why: string): string | undefined => {
    if (!session.may("maker")) return t("onlyMaker");
    if (!f || today === "") return t("recourse.loading");
    if (missing) return why;
    if (f.live !== "") return t("recourse.live");
    return first !== "" && first >= today ? t("recourse.notYet", { day: first }) : undefined;
  };
  const behind = f?.terms.kind === "sale-without-recourse";
  const guaranteed = f !== undefined && f.terms.guarantor !== "" && f.guarantorSigned.member !== "";
  const act = async (name: "clearing:Recourse" | "clearing:CallGuarantee"): Promise<void> => {
    await sign({ ...call(name, { financing: row.id }), facts: { lines: [{ label: t("recourse.outstanding"), text: `¥${humanFen(row.outstanding)}` }] }, after: <p>{t("recourse.after")}</p> });
  };
  return (
    <Panel title={<MemberName id={row.holder} />} actions={<LinkButton to={`/finance/${encodeURIComponent(row.id)}`}>{t("recourse.open")}</LinkButton>} testId={`recourse-${row.id}`}>
      <div className="stack">
        <Facts
          items={[
            { label: t("recourse.outstanding"), value: <span className="strong"><Money amount={row.outstanding} /></span> },
            { label: t("recourse.kind"), value: f && words.of("financingKind", f.terms.kind) },
            { label: t("debtor"), value: row.debtors.map((d) => <div key={d}><MemberName id={d} /></div>) },
            { label: t("paymentDate"), value: first && <span className={today !== "" && first < today ? "bad" : undefined}><DateText date={first} from={today || undefined} /></span> },
            { label: t("recourse.guarantor"), value: guaranteed && <MemberName id={f.terms.guarantor} /> },
            { label: t("recourse.underWay"), value: f && f.live !== "" && <Link to={`/finance/settlements/${encodeURIComponent(f.live)}`} className="mono">{f.live}</Link> },
          ]}
        />
        <div className="row">
          <ActionButton label={t(f?.terms.kind === "pledge" ? "recourse.borrower" : "recourse.seller")} disabled={off(behind, t("recourse.without"))} onClick={() => void act("clearing:Recourse")} testId={`recourse-seller-${row.id}`} />
          <ActionButton label={t("recourse.callGuarantor")} disabled={off(!guaranteed, t("recourse.noGuarantor"))} onClick={() => void act("clearing:CallGuarantee")} testId={`recourse-guarantor-${row.id}`} />
        </div>
      </div>
    </Panel>
  );
}
