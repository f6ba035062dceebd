import { Form, Input, InputNumber, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { addMonths } from "../../lib/calendar";
import { type Fen, fenText, parseFen } from "../../lib/money";
import type { DiscountOffer } from "../../lib/records";
import { AccountPicker } from "../../parts/AccountPicker";
import { AmountInput } from "../../parts/AmountInput";
import { Money, RateText } from "../../parts/Money";
import { MemberName } from "../../parts/Names";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { type Column, PagedTable } from "../../parts/PagedTable";
import { RateInput, percentOf } from "../../parts/RateInput";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput, DateText } from "../../parts/Time";

/** Discounts are debtors' standing offers to pay early for less; a debtor posts and ends its own. */
export function Discounts(): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const debtor = session.is("debtor");
  return (
    <Page title={t("discounts.title")} sub={t(debtor ? "discounts.subDebtor" : "discounts.sub")} crumbs={[{ title: t("title"), to: "/finance" }]} testId="discounts">
      <div className="stack">
        {debtor && <Post />}
        <Offers own={debtor} />
      </div>
    </Page>
  );
}

function Offers({ own }: { own: boolean }): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const pages = usePages<DiscountOffer>("/v1/discounts", own ? { debtor: session.member.id, all: true } : {});
  const over = (o: DiscountOffer): boolean => o.closed || (today !== "" && o.until < today);
  const columns: Column<DiscountOffer>[] = [
    ...(own ? [] : [{ key: "debtor", title: t("discounts.debtor"), phone: "title" as const, render: (o: DiscountOffer) => <MemberName id={o.debtor} /> }]),
    { key: "id", title: t("discounts.id"), phone: own ? "title" : undefined, render: (o) => o.id },
    { key: "rate", title: t("discounts.rate"), end: true, render: (o) => <RateText rate={o.rate} /> },
    { key: "days", title: t("discounts.minDays"), end: true, render: (o) => o.minDays },
    { key: "left", title: t("discounts.left"), end: true, render: (o) => (parseFen(o.volume) === 0n ? t("discounts.unbound") : <Money amount={parseFen(o.volume) - parseFen(o.taken)} />) },
    { key: "taken", title: t("discounts.taken"), end: true, phone: "hide", render: (o) => <Money amount={o.taken} /> },
    { key: "until", title: t("discounts.until"), render: (o) => <DateText date={o.until} /> },
    ...(own
      ? [{
          key: "do", title: t("discounts.do"), render: (o: DiscountOffer) => over(o) ? <span className="soft">{t("discounts.over")}</span> : (
            <ActionButton label={t("discounts.close")} danger disabled={session.may("maker") ? undefined : t("onlyMaker")} onClick={() => void sign(call("financing:CloseDiscount", { id: o.id }))} testId={`discount-close-${o.id}`} />
          ),
        }]
      : []),
  ];
  return (
    <PagedTable
      label={t("discounts.title")}
      columns={columns}
      pages={pages}
      rowKey={(o) => `${o.debtor}/${o.id}`}
      empty={<EmptyState title={t("discounts.none")} hint={t(own ? "discounts.noneHintDebtor" : "discounts.noneHint")} />}
      testId="discount-list"
    />
  );
}

function Post(): ReactElement {
  const { t } = useTranslation("finance");
  const session = useSession();
  const sign = useSign();
  const today = useToday();
  const [id, setId] = useState("");
  const [rate, setRate] = useState("");
  const [basis, setBasis] = useState(360);
  const [minDays, setMinDays] = useState(30);
  const [volume, setVolume] = useState<Fen | null>(null);
  const [given, setUntil] = useState("");
  const [account, setAccount] = useState("");
  const until = given || (today ? addMonths(today, 3) : "");
  const percent = percentOf(rate);
  const off = !session.may("maker")
    ? t("onlyMaker")
    : id.trim() === "" ? t("discounts.first.id") : percent === null || rate === "" ? t("discounts.first.rate") : account === "" ? t("new.first.account") : undefined;
  const post = async (): Promise<void> => {
    const done = await sign({
      ...call("financing:PostDiscount", { id: id.trim(), rate: percent ?? "", basis, minDays, volume: volume === null ? undefined : fenText(volume), account, from: today, until }),
      after: <p>{t("discounts.after")}</p>,
    });
    if (done) setId("");
  };
  return (
    <Panel title={t("discounts.post")} testId="discount-form">
      <Form layout="vertical">
        <p className="soft">{t("discounts.postAbout")}</p>
        <div className="grid" style={{ marginTop: 12 }}>
          <Form.Item label={t("discounts.id")} htmlFor="discount-id" extra={t("discounts.idHint")}>
            <Input id="discount-id" value={id} maxLength={32} onChange={(e) => setId(e.target.value)} data-testid="discount-id" />
          </Form.Item>
          <Form.Item label={t("discounts.rate")} htmlFor="discount-rate">
            <RateInput id="discount-rate" value={rate} onChange={setRate} label={t("discounts.rate")} testId="discount-rate" />
          </Form.Item>
          <Form.Item label={t("discounts.basis")} htmlFor="discount-basis">
            <Select id="discount-basis" value={basis} onChange={setBasis} options={[{ value: 360, label: "360" }, { value: 365, label: "365" }]} aria-label={t("discounts.basis")} />
          </Form.Item>
          <Form.Item label={t("discounts.minDays")} htmlFor="discount-days">
            <InputNumber id="discount-days" min={0} max={365} precision={0} value={minDays} onChange={(v) => setMinDays(v ?? 0)} style={{ width: "100%" }} data-testid="discount-days" />
          </Form.Item>
          <Form.Item label={t("discounts.volume")} htmlFor="discount-volume" extra={t("discounts.volumeHint")}>
            <AmountInput id="discount-volume" value={volume} onChange={setVolume} testId="discount-volume" />
          </Form.Item>
          <Form.Item label={t("discounts.until")} htmlFor="discount-until">
            <DateInput id="discount-until" value={until} min={today} onChange={setUntil} label={t("discounts.until")} testId="discount-until" />
          </Form.Item>
          <Form.Item label={t("discounts.account")} htmlFor="discount-account">
            <AccountPicker id="discount-account" value={account} onChange={setAccount} label={t("discounts.account")} testId="discount-account" />
          </Form.Item>
        </div>
        <ActionButton label={t("discounts.send")} primary disabled={off} onClick={() => void post()} testId="discount-send" />
      </Form>
    </Panel>
  );
}
