import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { amountOf } from "../lib/interval";
import type { Leg } from "../lib/records";
import { Money } from "./Money";
import { CertificateLink } from "./Names";
import { PagedTable } from "./PagedTable";
import { useIsPhone } from "./phone";

/** LegsTable lists fen by certificate. */
export function LegsTable({ legs, label }: { legs: Leg[]; label: string }): ReactElement {
  const { t } = useTranslation("deal");
  const phone = useIsPhone();
  return (
    <PagedTable
      label={label}
      columns={[
        { key: "certificate", title: t("certificate"), phone: "title", render: (l) => <CertificateLink number={l.certificate} short={phone} /> },
        { key: "amount", title: t("pay.sum"), end: true, render: (l) => <Money amount={amountOf(l.interval)} /> },
      ]}
      rows={legs}
      rowKey={(l) => `${l.certificate}/${l.interval}`}
    />
  );
}
