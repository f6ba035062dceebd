import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { useWords } from "../../app/words";
import { parseFen } from "../../lib/money";
import type { Order as Instruction } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, Copy, Digest, MemberName } from "../../parts/Names";
import { LinkButton, Page, Panel } from "../../parts/Page";
import { StateTag } from "../../parts/StateTag";
import { InstantText } from "../../parts/Time";

/** Order is one instrument of a court or authority, with what it took and what it still wants. */
export function Order(): ReactElement {
  const { t } = useTranslation("bank");
  const { id = "" } = useParams();
  const words = useWords();
  const session = useSession();
  const read = useRead<Instruction>(`/v1/orders/${encodeURIComponent(id)}`);
  const o = read.data;
  const acts = o?.kind === "freeze" && o.state === "in-force" && session.viewer.institution && session.may("maker");
  return (
    <Page
      title={o ? words.of("order", o.kind) : t("orders.one")}
      sub={o && `${o.authority} ${o.docket}`}
      crumbs={[{ title: t("orders.title"), to: "/bank/orders" }]}
      actions={
        acts && (
          <>
            <LinkButton to={`/bank/orders/new?kind=unfreeze&order=${o.id}`} testId="order-unfreeze">{t("orders.unfreeze")}</LinkButton>
            <LinkButton to={`/bank/orders/new?kind=judicial-transfer&order=${o.id}`} testId="order-judicial">{t("orders.judicial")}</LinkButton>
          </>
        )
      }
      loading={read.isLoading}
      error={read.error}
      onRetry={read.retry}
      testId="order"
    >
      {o && (
        <div className="stack">
          <Panel>
            <div className="stack">
              <div className="row-between">
                <Money amount={o.amount} big withCapital />
                <StateTag kind="order" state={o.state} testId="order-state" />
              </div>
              <Facts
                testId="order-facts"
                items={[
                  { label: t("orders.target"), value: <MemberName id={o.target} withCode link /> },
                  o.receiver !== "" && { label: t("orders.receiver"), value: <MemberName id={o.receiver} withCode link /> },
                  { label: t("orders.taken"), value: <Money amount={o.taken} /> },
                  parseFen(o.shortfall) > 0n && { label: t("orders.shortfall"), value: <span className="warn"><Money amount={o.shortfall} /></span> },
                  parseFen(o.moved) > 0n && { label: t("orders.moved"), value: <Money amount={o.moved} /> },
                  { label: t("orders.enteredBy"), value: <MemberName id={o.enteredBy} /> },
                  { label: t("orders.confirmedBy"), value: <MemberName id={o.confirmedBy} /> },
                  { label: t("orders.at"), value: o.at && <InstantText at={o.at} exact /> },
                  { label: t("orders.endedAt"), value: o.endedAt && <InstantText at={o.endedAt} exact /> },
                  { label: t("orders.document"), value: <Digest value={o.document} /> },
                ]}
              />
            </div>
          </Panel>
          <Panel title={t("orders.certificates")}>
            <ul className="stack-tight" style={{ listStyle: "none", padding: 0 }}>
              {o.certificates.map((c) => <li key={c}><CertificateLink number={c} /></li>)}
            </ul>
          </Panel>
          <p className="soft small">{t("number")} <span className="mono">{o.id}</span> <Copy text={o.id} /></p>
        </div>
      )}
    </Page>
  );
}
