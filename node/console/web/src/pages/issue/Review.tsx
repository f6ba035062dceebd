import { Alert } from "antd";
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useStatus, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { type Fen, humanFen, parseFen } from "../../lib/money";
import { groupedNumber } from "../../lib/number";
import type { Page, TermReview } from "../../lib/records";
import { Copy, MemberName } from "../../parts/Names";
import { Numbers } from "../../parts/numbers";

/** useNumber is the number that a certificate issued now would get; empty until it is known. */
function useNumber(): string {
  const session = useSession();
  const today = useToday();
  const height = useStatus().data?.height ?? 0;
  const found = useQuery({
    queryKey: ["next-number", session.identity.kid, today, height],
    queryFn: async () => (await Numbers.find(session.api, session.member.id, today)).next(),
    enabled: today !== "",
    placeholderData: (before: string | undefined) => before,
  });
  return found.data ?? "";
}

/** NumberPreview shows the number that the certificate will get. */
export function NumberPreview(): ReactElement {
  const { t } = useTranslation("issue");
  const number = useNumber();
  return (
    <p className="soft" data-testid="issue-number" data-number={number}>
      {t("number.next")} <span className="num groups strong">{number ? groupedNumber(number) : "…"}</span> · {t("number.about")}
    </p>
  );
}

/** Review is what the reviewing bank needs for a term above the ordinary one, to be handed over, until it has signed. */
export function Review({ face, maturity }: { face: Fen | null; maturity: string }): ReactElement {
  const { t } = useTranslation("issue");
  const session = useSession();
  const number = useNumber();
  const signed = useRead<Page<TermReview>>("/v1/reviews", { debtor: session.member.id, limit: 500 }).data?.items.find((r) => r.certificate === number);
  if (face === null || number === "") return <p className="soft">{t("review.first")}</p>;
  if (signed && signed.maturity === maturity && parseFen(signed.face) === face) {
    return <Alert type="success" showIcon style={{ marginTop: 8 }} data-testid="issue-reviewed" title={t("review.signed")} description={<><MemberName id={signed.bank} /> · {signed.reason}</>} />;
  }
  const text = t("review.text", { debtor: session.member.name, code: session.member.id, number, face: humanFen(face), maturity });
  return (
    <Alert
      type="info"
      showIcon
      style={{ marginTop: 8 }}
      data-testid="issue-review"
      title={t("review.title")}
      description={
        <div className="stack-tight">
          {signed && <p className="bad" data-testid="issue-review-other">{t("review.other", { face: humanFen(signed.face), maturity: signed.maturity })}</p>}
          <p>{t("review.hint")}</p>
          <p className="mono">{text} <Copy text={text} label={t("review.copy")} /></p>
        </div>
      }
    />
  );
}
