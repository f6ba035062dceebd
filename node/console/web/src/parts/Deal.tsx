import { InfoCircleOutlined } from "@ant-design/icons";
import { Alert, Button, Popover, Steps } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { useWords } from "../app/words";
import { humanRate, parseFen, parseRate, wholeRate } from "../lib/money";
import type { Cost, FinancingView, Terms } from "../lib/records";
import { Facts } from "./Facts";
import { Money, RateText } from "./Money";
import { Digest, MemberName } from "./Names";
import { DateText } from "./Time";
import { stepsOf } from "./deal";
import { useIsPhone } from "./phone";

/** AllInHelp explains the one number by which offers are compared. */
export function AllInHelp(): ReactElement {
  const { t } = useTranslation("deal");
  return (
    <Popover trigger={["click", "hover"]} content={<p style={{ maxWidth: 320 }}>{t("allInHelp")}</p>}>
      <Button size="small" type="text" icon={<InfoCircleOutlined />} aria-label={t("allInWhat")} />
    </Popover>
  );
}

/** TermsFacts are what a bank offers, as names and values. */
export function TermsFacts({ terms: x }: { terms: Terms }): ReactElement {
  const { t } = useTranslation("deal");
  const words = useWords();
  const shares = parseRate(x.supplierInterest) < wholeRate || parseRate(x.supplierFee) < wholeRate;
  return (
    <Facts
      testId="terms"
      items={[
        { label: t("kind"), value: words.of("financingKind", x.kind) },
        { label: t("recourse"), value: t(`recourseOf.${x.kind}`) },
        { label: t("rate"), value: <><RateText rate={x.rate} /> <span className="soft small">/ {x.basis}</span></> },
        { label: t("interestMode"), value: words.of("interest", x.interest) },
        { label: t("advanceRatio"), value: <RateText rate={x.advance} /> },
        { label: t("fee"), value: <Money amount={x.fee} /> },
        shares && { label: t("shares"), value: t("sharesOf", { interest: humanRate(x.supplierInterest), fee: humanRate(x.supplierFee) }) },
        { label: t("valueDate"), value: x.valueDate && <DateText date={x.valueDate} /> },
        x.guarantor !== "" && { label: t("guarantor"), value: <><MemberName id={x.guarantor} /> · <Money amount={x.guarantee} /></> },
        { label: t("contract"), value: <Digest value={x.contract} /> },
      ]}
    />
  );
}

/** CostFacts are what terms come to for the fen financed. */
export function CostFacts({ cost: c, testId }: { cost: Cost; testId?: string }): ReactElement {
  const { t } = useTranslation("deal");
  const some = (amount: string): boolean => parseFen(amount) !== 0n;
  return (
    <Facts
      testId={testId ?? "cost"}
      items={[
        { label: t("advance"), value: <Money amount={c.advance} /> },
        { label: t("supplierInterest"), value: <Money amount={c.supplierInterest} /> },
        { label: t("supplierFee"), value: <Money amount={c.supplierFee} /> },
        some(c.guaranteeFee) && { label: t("guaranteeFee"), value: <Money amount={c.guaranteeFee} /> },
        some(c.debtorInterest) && { label: t("debtorInterest"), value: <Money amount={c.debtorInterest} /> },
        some(c.debtorFee) && { label: t("debtorFee"), value: <Money amount={c.debtorFee} /> },
        { label: t("net"), value: <span className="strong"><Money amount={c.net} testId="cost-net" /></span> },
        { label: <>{t("allIn")} <AllInHelp /></>, value: <span className="strong"><RateText rate={c.allIn} /></span>, testId: "cost-all-in" },
      ]}
    />
  );
}

/** StateLine shows how far a financing is on its way to the money, and what comes next. */
export function StateLine({ financing: f }: { financing: FinancingView }): ReactElement {
  const { t } = useTranslation("deal");
  const phone = useIsPhone();
  if (["cancelled", "lapsed", "unpaid"].includes(f.state)) {
    return <Alert type={f.state === "unpaid" ? "error" : "info"} showIcon title={t(`ended.${f.state}`)} description={f.settlement.reason || undefined} data-testid="state-line" />;
  }
  const steps = stepsOf(f);
  const at = steps.findIndex((s) => !s.done);
  const next = at < 0 ? undefined : steps[at];
  return (
    <div className="stack-tight" data-testid="state-line" data-next={next?.key ?? "done"}>
      <Steps size="small" orientation={phone ? "vertical" : "horizontal"} current={at < 0 ? steps.length : at} items={steps.map((s) => ({ title: t(`step.${s.key}`) }))} />
      <p className="soft">{next ? t(`next.${next.key}`) : t(f.state === "ended" ? "next.ended" : "next.done")}</p>
    </div>
  );
}
