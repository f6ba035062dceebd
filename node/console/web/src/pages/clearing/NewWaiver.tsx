import { Form, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useNames, usePages, useRead, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { useWords } from "../../app/words";
import { call } from "../../lib/arguments";
import { addDays } from "../../lib/calendar";
import { type WaiverReason, waiverReasons } from "../../lib/enums";
import { humanFen } from "../../lib/money";
import type { HoldingRow, Page as List, Settlement } from "../../lib/records";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";

/** NewWaiver gives up late interest of the member's own: on fen that are still owed, or that is owed already. */
export function NewWaiver(): ReactElement {
  const { t } = useTranslation("clearing");
  const words = useWords();
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const today = useToday();
  const me = session.member.id;
  const [what, setWhat] = useState("");
  const [reason, setReason] = useState<WaiverReason | "">("");
  const holdings = usePages<HoldingRow>(today ? "/v1/holdings" : null, { owner: me, paymentTo: today ? addDays(today, -1) : "", state: "active" }, 200);
  const owed = useRead<List<Settlement>>("/v1/settlements", { member: me, purpose: "late-interest", state: "agreed", limit: 200 });
  const late = holdings.items.filter((h) => !h.redeemed && !h.gone);
  const interest = (owed.data?.items ?? []).filter((s) => s.payee === me);
  const names = useNames([...late.map((h) => h.debtor), ...interest.map((s) => s.payer)]);
  const chosen = late.find((h) => what === `${h.certificate}/${h.id}`);
  const settlement = interest.find((s) => what === s.id);
  const off = !session.may("maker") ? t("onlyMaker") : what === "" ? t("newWaiver.firstWhat") : reason === "" ? t("newWaiver.firstReason") : undefined;
  const send = async (): Promise<void> => {
    if (reason === "") return;
    const done = await sign({
      ...call("clearing:Waive", chosen ? { certificate: chosen.certificate, interval: chosen.interval, reason } : { settlement: what, reason }),
      facts: settlement ? { amount: settlement.amount } : undefined,
      after: <p>{t("newWaiver.after")}</p>,
    });
    if (done) void navigate("/clearing/extensions?of=waivers");
  };
  return (
    <Page
      title={t("waivers.give")}
      sub={t("newWaiver.sub")}
      crumbs={[{ title: t("title"), to: "/clearing" }, { title: t("waivers.list"), to: "/clearing/extensions?of=waivers" }]}
      loading={holdings.isLoading || owed.isLoading}
      error={holdings.error ?? owed.error}
      onRetry={holdings.retry}
      testId="new-waiver"
    >
      <Panel>
        {late.length + interest.length === 0 ? (
          <EmptyState title={t("newWaiver.none")} hint={t("newWaiver.noneHint")} />
        ) : (
          <Form layout="vertical">
            <Form.Item label={t("newWaiver.what")} htmlFor="waiver-what" extra={t("newWaiver.whatHint")}>
              <Select
                id="waiver-what"
                aria-label={t("newWaiver.what")}
                value={what || undefined}
                onChange={setWhat}
                options={[
                  ...interest.map((s) => ({ value: s.id, label: t("newWaiver.owed", { debtor: names(s.payer), amount: humanFen(s.amount) }) })),
                  ...late.map((h) => ({ value: `${h.certificate}/${h.id}`, label: t("newWaiver.onFen", { debtor: names(h.debtor), day: h.payment, amount: humanFen(h.amount) }) })),
                ]}
                data-testid="waiver-what"
              />
            </Form.Item>
            <Form.Item label={t("reason")} htmlFor="waiver-reason">
              <Select id="waiver-reason" aria-label={t("reason")} value={reason || undefined} onChange={setReason} options={waiverReasons.map((r) => ({ value: r, label: words.of("waiver", r) }))} data-testid="waiver-reason" />
            </Form.Item>
            {off && <p className="soft">{off}</p>}
            <ActionButton label={t("waivers.give")} primary disabled={off} onClick={() => void send()} testId="waiver-send" />
          </Form>
        )}
      </Panel>
    </Page>
  );
}
