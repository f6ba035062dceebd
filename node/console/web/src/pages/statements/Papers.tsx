import { Alert } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "react-router-dom";
import { useNames, usePages } from "../../app/query";
import { useSession } from "../../app/session";
import type { CertificateRow, HoldingRow } from "../../lib/records";
import { Money } from "../../parts/Money";
import { CertificateLink } from "../../parts/Names";
import { EmptyState, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { StateTag } from "../../parts/StateTag";
import { Download } from "../../parts/Download";

/** Papers are certificates and holdings to print: each with a QR code by which anybody checks it without a login. */
export function Papers(): ReactElement {
  const { t } = useTranslation("statements");
  const session = useSession();
  const holder = session.is("holder", "funder", "guarantor");
  return (
    <div className="stack">
      <Alert type="info" showIcon title={t("proof")} description={<p>{t("proofText")} <Link to="/verify">{t("toVerify")}</Link></p>} />
      {holder && <HoldingPapers />}
      <CertificatePapers />
    </div>
  );
}

function HoldingPapers(): ReactElement {
  const { t } = useTranslation("statements");
  const pages = usePages<HoldingRow>("/v1/holdings");
  const name = useNames(pages.items.map((h) => h.debtor));
  const columns: Column<HoldingRow>[] = [
    { key: "certificate", title: t("certificate"), phone: "title", render: (h) => <CertificateLink number={h.certificate} /> },
    { key: "debtor", title: t("debtor"), render: (h) => name(h.debtor) },
    { key: "payment", title: t("payment"), render: (h) => <span className="num">{h.payment}</span> },
    { key: "amount", title: t("amount"), end: true, render: (h) => <Money amount={h.amount} /> },
    {
      key: "do", title: t("paper"),
      render: (h) => <Download small path={`/v1/certificates/${h.certificate}/holdings/${h.id}/paper`} name={`holding-${h.certificate}-${h.id}.pdf`} label="PDF" of={`${h.certificate}/${h.id}`} testId={`paper-${h.certificate}-${h.id}`} />,
    },
  ];
  return (
    <Panel title={t("holdings")}>
      <PagedTable label={t("holdings")} columns={columns} pages={pages} rowKey={(h) => `${h.certificate}/${h.id}`} empty={<EmptyState title={t("noHoldings")} hint={t("noHoldingsHint")} />} testId="holding-papers" />
    </Panel>
  );
}

function CertificatePapers(): ReactElement {
  const { t } = useTranslation("statements");
  const pages = usePages<CertificateRow>("/v1/certificates");
  const name = useNames(pages.items.map((c) => c.debtor));
  const columns: Column<CertificateRow>[] = [
    { key: "number", title: t("certificate"), phone: "title", render: (c) => <CertificateLink number={c.number} /> },
    { key: "debtor", title: t("debtor"), render: (c) => name(c.debtor) },
    { key: "payment", title: t("payment"), render: (c) => <span className="num">{c.payment}</span> },
    { key: "face", title: t("face"), end: true, render: (c) => <Money amount={c.face} /> },
    { key: "state", title: t("state"), render: (c) => <StateTag kind="certificate" state={c.state} /> },
    { key: "do", title: t("paper"), render: (c) => <Download small path={`/v1/certificates/${c.number}/paper`} name={`certificate-${c.number}.pdf`} label="PDF" of={c.number} testId={`paper-${c.number}`} /> },
  ];
  return (
    <Panel title={t("certificates")}>
      <PagedTable label={t("certificates")} columns={columns} pages={pages} rowKey={(c) => c.number} empty={<EmptyState title={t("noCertificates")} hint={t("noCertificatesHint")} />} testId="certificate-papers" />
    </Panel>
  );
}
