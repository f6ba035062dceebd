import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { usePages } from "../../app/query";
import { useWords } from "../../app/words";
import { amountOf } from "../../lib/interval";
import { sumFen } from "../../lib/money";
import type { Extension, Waiver } from "../../lib/records";
import { Money } from "../../parts/Money";
import { CertificateLink, MemberName } from "../../parts/Names";
import { EmptyState, Panel } from "../../parts/Page";
import { PagedTable } from "../../parts/PagedTable";
import { DateText, InstantText } from "../../parts/Time";

/** Lenience is where creditors let a debtor pay later or gave up interest, each with the reason. */
export function Lenience({ debtor }: { debtor?: string }): ReactElement {
  const { t } = useTranslation("audit");
  const words = useWords();
  const extensions = usePages<Extension>("/v1/extensions", { debtor, all: true });
  const waivers = usePages<Waiver>("/v1/waivers", { debtor });
  return (
    <div className="grid-two">
      <Panel title={t("lenience.extensions")} testId="audit-extensions">
        <PagedTable
          label={t("lenience.extensions")}
          columns={[
            { key: "debtor", title: t("debtor"), phone: "title", render: (x) => <MemberName id={x.debtor} /> },
            { key: "certificate", title: t("certificate"), render: (x) => <CertificateLink number={x.certificate} short /> },
            { key: "to", title: t("lenience.to"), render: (x) => <><DateText date={x.from} /> → <DateText date={x.payment} /></> },
            { key: "extended", title: t("lenience.extended"), end: true, render: (x) => <Money amount={sumFen(x.parts.filter((p) => p.made !== null).map((p) => amountOf(p.interval)))} /> },
            { key: "reason", title: t("reason"), render: (x) => x.reason },
          ]}
          pages={extensions}
          rowKey={(x) => x.id}
          to={(x) => `/clearing/extensions/${encodeURIComponent(x.id)}`}
          empty={<EmptyState title={t("lenience.noExtensions")} />}
        />
      </Panel>
      <Panel title={t("lenience.waivers")} testId="audit-waivers">
        <PagedTable
          label={t("lenience.waivers")}
          columns={[
            { key: "creditor", title: t("lenience.creditor"), phone: "title", render: (w) => <MemberName id={w.creditor} /> },
            { key: "debtor", title: t("debtor"), render: (w) => <MemberName id={w.debtor} /> },
            { key: "amount", title: t("lenience.amount"), end: true, render: (w) => <Money amount={w.amount} /> },
            { key: "reason", title: t("reason"), render: (w) => words.of("waiver", w.reason) },
            { key: "at", title: t("lenience.at"), render: (w) => (w.at ? <InstantText at={w.at} /> : <span className="warn">{t("lenience.waits")}</span>) },
          ]}
          pages={waivers}
          rowKey={(w) => w.id}
          empty={<EmptyState title={t("lenience.noWaivers")} />}
        />
      </Panel>
    </div>
  );
}
