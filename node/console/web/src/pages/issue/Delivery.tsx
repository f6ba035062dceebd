import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router-dom";
import { useRead } from "../../app/query";
import type { Delivery as Accepted } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { Digest, MemberName } from "../../parts/Names";
import { Page, Panel } from "../../parts/Page";
import { DateText, InstantText } from "../../parts/Time";
import { Files } from "./Files";

/** Delivery is one acceptance of goods or services. */
export function Delivery(): ReactElement {
  const { t } = useTranslation("issue");
  const { id = "" } = useParams();
  const read = useRead<Accepted>(`/v1/deliveries/${encodeURIComponent(id)}`);
  const d = read.data;
  return (
    <Page title={t("delivery.one")} crumbs={[{ title: t("evidence.title"), to: "/evidence?of=deliveries" }]} loading={read.isLoading} error={read.error} onRetry={read.retry} testId="delivery">
      {d && (
        <div className="stack">
          <Panel>
            <Facts
              items={[
                { label: t("buyer"), value: <MemberName id={d.buyer} withCode link /> },
                { label: t("seller"), value: <MemberName id={d.seller} withCode link /> },
                { label: t("delivery.amount"), value: <Money amount={d.amount} withCapital /> },
                { label: t("delivery.accepted"), value: <DateText date={d.accepted} /> },
                { label: t("contract.one"), value: <Link to={`/issue/contracts/${encodeURIComponent(d.contract)}`} className="mono">{d.contract.slice(0, 16)}</Link> },
                { label: t("recordedAt"), value: <InstantText at={d.recorded} exact /> },
                { label: t("document.digest"), value: <Digest value={d.document} /> },
              ]}
            />
          </Panel>
          <Files kind="delivery" id={d.id} document={d.document} />
        </div>
      )}
    </Page>
  );
}
