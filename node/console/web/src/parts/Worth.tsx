import { Skeleton } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useRead, useToday } from "../app/query";
import { useWords } from "../app/words";
import type { DiscountOffer, Page, PostedRate } from "../lib/records";
import { Money, RateText } from "./Money";
import { MemberName } from "./Names";
import { LinkButton } from "./Page";
import { type WorthPart, worthOf } from "./value";

interface WorthProps {
  parts: WorthPart[];
  /** Where the fen can be financed; no button without it. */
  to?: string;
  /** How many offers are shown. */
  most?: number;
}

/** Worth says what fen are worth today and at whom: rates that banks post and the debtor's own offer, the best first. */
export function Worth({ parts, to, most = 3 }: WorthProps): ReactElement {
  const { t } = useTranslation("value");
  const words = useWords();
  const today = useToday();
  const rates = useRead<Page<PostedRate>>("/v1/rates", { limit: 200 }, { fresh: 60_000 });
  const discounts = useRead<Page<DiscountOffer>>("/v1/discounts", { limit: 200 }, { fresh: 60_000 });
  if (rates.isLoading || discounts.isLoading || today === "") return <Skeleton active title={false} paragraph={{ rows: 2 }} />;
  const offers = worthOf(parts, rates.data?.items ?? [], discounts.data?.items ?? [], today);
  const [best] = offers;
  return (
    <div className="stack-tight" data-testid="worth">
      {best ? (
        <>
          <p className="soft">{t("worth.about")}</p>
          <ul className="stack-tight" style={{ listStyle: "none", padding: 0 }}>
            {offers.slice(0, most).map((o, i) => (
              <li key={`${o.by}/${o.id}`} className="row-between" data-testid={`worth-${i}`}>
                <span>
                  <MemberName id={o.by} /> <span className="soft small">{o.kind === "discount" ? t("worth.discount") : words.of("financingKind", o.kind)}</span>
                </span>
                <span className="num-right">
                  <Money amount={o.net} big={i === 0} />
                  <span className="soft small">
                    {" "}
                    {t(o.kind === "discount" ? "worth.rate" : "worth.allIn")} <RateText rate={o.rate} />
                  </span>
                </span>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <p className="soft">{t("worth.none")}</p>
      )}
      {to && (
        <div>
          <LinkButton to={to} testId="worth-finance">
            {t("worth.finance")}
          </LinkButton>
        </div>
      )}
    </div>
  );
}
