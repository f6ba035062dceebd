import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useNames, useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { amountOf } from "../../lib/interval";
import { fenText, humanFen } from "../../lib/money";
import type { Pledge } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, Digest, MemberName } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";

/** PledgePage is one pledge; the pledgee releases it here. */
export function PledgePage(): ReactElement {
  const { t } = useTranslation("holdings");
  const { id = "" } = useParams();
  const session = useSession();
  const sign = useSign();
  const read = useRead<Pledge>(`/v1/pledges/${encodeURIComponent(id)}`);
  const p = read.data;
  const names = useNames([p?.pledgor, p?.pledgee]);
  const amount = p ? amountOf(p.leg.interval) : 0n;
  const pledgee = p?.pledgee === session.member.id;
  const release = (): void => {
    if (!p) return;
    void sign({
      ...call("certificate:ReleasePledge", { id: p.id }),
      facts: { amount: fenText(amount), lines: [{ label: t("pledges.pledgor"), text: names(p.pledgor), strong: true }, { label: t("pledges.secured"), text: `¥${humanFen(p.secured)}` }] },
    });
  };
  return (
    <Page
      title={t("pledges.one")}
      sub={p && t("pledges.sentence", { pledgor: names(p.pledgor), pledgee: names(p.pledgee), amount: humanFen(amount) })}
      crumbs={[{ title: t("title"), to: "/holdings" }, { title: t("pledges.title"), to: "/holdings/pledges" }]}
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="pledge"
    >
      {p && (
        <Panel>
          <div className="stack">
            <div className="row-between">
              <Money amount={amount} big withCapital />
              <StateTag kind="pledge" state={p.state} testId="pledge-state" />
            </div>
            <Facts
              items={[
                { label: t("pledges.pledgor"), value: <MemberName id={p.pledgor} withCode link /> },
                { label: t("pledges.pledgee"), value: <MemberName id={p.pledgee} withCode link /> },
                { label: t("pledges.secured"), value: <Money amount={p.secured} /> },
                { label: t("certificate"), value: <CertificateLink number={p.leg.certificate} /> },
                { label: t("interval"), value: <span className="num">{p.leg.interval}</span> },
                { label: t("pledges.registration"), value: p.registration },
                { label: t("pledge.document"), value: <Digest value={p.document} /> },
                { label: t("pledges.at"), value: <InstantText at={p.at} exact /> },
                { label: t("pledges.endedAt"), value: p.endedAt && <InstantText at={p.endedAt} exact /> },
                { label: t("pledges.cleared"), value: p.cleared === "0.00" ? null : <Money amount={p.cleared} /> },
              ]}
            />
            {p.state === "active" && p.pledgor === session.member.id && (
              <p>
                <Link to={`/holdings/${p.leg.certificate}/${p.leg.holding}`}>{t("pledges.toHolding")}</Link>
              </p>
            )}
            {p.state === "active" && pledgee && (
              <div className="stack-tight">
                <p className="soft">{t("pledges.releaseHint")}</p>
                <div>
                  <ActionButton label={t("pledges.release")} primary disabled={session.may("maker") ? undefined : t("why.maker")} onClick={release} testId="pledge-release" />
                </div>
              </div>
            )}
          </div>
        </Panel>
      )}
    </Page>
  );
}
