import { Alert } from "antd";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useNames, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import type { CertificateView, Holding } from "../../lib/records";
import { EmptyState, LinkButton, Page, Panel } from "../../parts/Page";
import { useHolding, whyNot } from "./holding";

interface FrameProps {
  title: string;
  sub: string;
  testId: string;
  /** The form; shown when the holding is the member's and can be changed. */
  children: (certificate: CertificateView, holding: Holding) => ReactNode;
}

/** Frame is around the forms that change a holding: it reads it, and says why it cannot be changed. */
export function Frame({ title, sub, testId, children }: FrameProps): ReactElement {
  const { t } = useTranslation("holdings");
  const session = useSession();
  const today = useToday();
  const { number, certificate: c, holding: h, read, mine } = useHolding();
  const names = useNames([c?.debtor]);
  const why = c && h ? whyNot(c, h, today) : "";
  const back = h ? `/holdings/${number}/${h.id}` : "/holdings";
  return (
    <Page
      title={title}
      sub={sub}
      crumbs={[{ title: t("title"), to: "/holdings" }, { title: c ? names(c.debtor) : t("one.plain"), to: back }]}
      loading={read.isLoading || today === ""}
      error={read.error}
      onRetry={read.retry}
      testId={testId}
    >
      {c && (!h || !mine) && <EmptyState title={t("one.gone")} hint={t("one.goneHint")} action={<LinkButton to="/holdings">{t("title")}</LinkButton>} />}
      {c && h && mine && !session.may("maker") && <Alert type="info" showIcon title={t("why.maker")} />}
      {c && h && mine && session.may("maker") && why !== "" && <Alert type="info" showIcon title={t(`why.${why}`)} />}
      {c && h && mine && session.may("maker") && why === "" && <Panel>{children(c, h)}</Panel>}
    </Page>
  );
}
