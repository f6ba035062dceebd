import { Form, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router-dom";
import { usePages, useToday } from "../../app/query";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { addDays } from "../../lib/calendar";
import { humanFen, parseFen } from "../../lib/money";
import { groupedNumber } from "../../lib/number";
import type { CertificateRow } from "../../lib/records";
import { DocumentInput } from "../../parts/DocumentInput";
import { EmptyState, Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";
import { DateInput } from "../../parts/Time";

/** NewExtension is a debtor's offer to pay overdue fen of a certificate on a later day. */
export function NewExtension(): ReactElement {
  const { t } = useTranslation("clearing");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const today = useToday();
  const [params] = useSearchParams();
  const [certificate, setCertificate] = useState(params.get("certificate") ?? "");
  const [maturity, setMaturity] = useState("");
  const [reason, setReason] = useState("");
  const [document, setDocument] = useState("");
  const pages = usePages<CertificateRow>("/v1/certificates", { debtor: session.member.id }, 500);
  const left = (c: CertificateRow): bigint => parseFen(c.face) - parseFen(c.redeemed);
  const late = pages.items.filter((c) => c.state === "active" && today !== "" && c.payment < today && left(c) > 0n);
  const off = !session.is("debtor")
    ? t("newExtension.onlyDebtor")
    : !session.may("maker")
      ? t("onlyMaker")
      : certificate === ""
        ? t("newExtension.first.certificate")
        : maturity === ""
          ? t("newExtension.first.maturity")
          : reason.trim() === ""
            ? t("newExtension.first.reason")
            : document === ""
              ? t("newExtension.first.document")
              : undefined;
  const send = async (): Promise<void> => {
    const done = await sign({ ...call("clearing:OfferExtension", { certificate, maturity, reason: reason.trim(), document }), after: <p>{t("newExtension.after")}</p> });
    const id = (done?.result as { id?: string } | null)?.id;
    if (done) void navigate(id && !done.proposal ? `/clearing/extensions/${id}` : "/clearing/extensions");
  };
  return (
    <Page title={t("extensions.offer")} sub={t("newExtension.sub")} crumbs={[{ title: t("title"), to: "/clearing" }, { title: t("extensions.title"), to: "/clearing/extensions" }]} loading={pages.isLoading} error={pages.error} onRetry={pages.retry} testId="new-extension">
      <Panel>
        {late.length === 0 && certificate === "" ? (
          <EmptyState title={t("newExtension.none")} hint={t("newExtension.noneHint")} action={pages.hasMore && <ActionButton label={t("newExtension.more")} onClick={pages.more} testId="extension-more" />} />
        ) : (
          <Form layout="vertical">
            <Form.Item label={t("certificate")} htmlFor="extension-certificate">
              <Select
                id="extension-certificate"
                aria-label={t("certificate")}
                showSearch
                value={certificate || undefined}
                onChange={setCertificate}
                options={late.map((c) => ({ value: c.number, label: `${groupedNumber(c.number)} · ${c.payment} · ¥${humanFen(left(c))}` }))}
                data-testid="extension-certificate"
              />
            </Form.Item>
            <Form.Item label={t("newExtension.maturity")} htmlFor="extension-maturity" extra={t("newExtension.maturityHint")}>
              <DateInput id="extension-maturity" value={maturity} onChange={setMaturity} min={today ? addDays(today, 1) : undefined} label={t("newExtension.maturity")} testId="extension-maturity" />
            </Form.Item>
            <Form.Item label={t("reason")} htmlFor="extension-reason" extra={t("newExtension.reasonHint")}>
              <Input.TextArea id="extension-reason" rows={2} maxLength={256} value={reason} onChange={(e) => setReason(e.target.value)} data-testid="extension-reason" />
            </Form.Item>
            <Form.Item>
              <DocumentInput label={t("extension.document")} hint={t("newExtension.documentHint")} value={document} onChange={setDocument} testId="extension-document" />
            </Form.Item>
            {off && <p className="soft">{off}</p>}
            <ActionButton label={t("extensions.offer")} primary disabled={off} onClick={() => void send()} testId="extension-send" />
          </Form>
        )}
      </Panel>
    </Page>
  );
}
