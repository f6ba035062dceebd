import { Alert, Form, Input, Select } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate, useSearchParams } from "react-router-dom";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import { type SignRequest, useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { type Fen, fenText } from "../../lib/money";
import { parseCertificateNumber } from "../../lib/number";
import type { Order } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { DocumentInput } from "../../parts/DocumentInput";
import { MemberPicker } from "../../parts/MemberPicker";
import { Page, Panel } from "../../parts/Page";
import { ActionButton } from "../../parts/ReasonButton";

const kinds = ["freeze", "unfreeze", "judicial-transfer", "succession"] as const;
type Kind = (typeof kinds)[number];

/** NewOrder enters an instrument of a court or authority; another institution confirms it. */
export function NewOrder(): ReactElement {
  const { t } = useTranslation("bank");
  const session = useSession();
  const [params] = useSearchParams();
  const order = params.get("order") ?? "";
  const read = useRead<Order>(order ? `/v1/orders/${encodeURIComponent(order)}` : null);
  const may = session.viewer.institution && session.may("maker");
  return (
    <Page title={t("orders.new")} sub={t("orders.newSub")} crumbs={[{ title: t("orders.title"), to: "/bank/orders" }]} loading={read.isLoading} error={read.error} onRetry={read.retry} testId="order-form">
      {may ? <Fill of={read.data ?? null} kind={(params.get("kind") ?? "freeze") as Kind} /> : <Alert type="info" showIcon title={t("orders.onlyInstitution")} />}
    </Page>
  );
}

function Fill({ of, kind: first }: { of: Order | null; kind: Kind }): ReactElement {
  const { t } = useTranslation("bank");
  const sign = useSign();
  const navigate = useNavigate();
  const [kind, setKind] = useState<Kind>(kinds.includes(first) ? first : "freeze");
  const [authority, setAuthority] = useState("");
  const [docket, setDocket] = useState("");
  const [document, setDocument] = useState("");
  const [target, setTarget] = useState(of?.target ?? "");
  const [receiver, setReceiver] = useState("");
  const [list, setList] = useState(of?.certificates.join("\n") ?? "");
  const [amount, setAmount] = useState<Fen | null>(null);
  const certificates = list.split(/[\n,;，；]/).map((c) => c.replace(/\s/g, "")).filter((c) => c !== "");
  const moves = kind === "judicial-transfer" || kind === "succession";
  const needsFen = kind !== "unfreeze";
  const off = offOf();
  const send = async (): Promise<void> => {
    const done = await sign({ ...request(), after: <p>{t("orders.after")}</p> });
    if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : "/bank/orders");
  };
  return (
    <Panel>
      <Form layout="vertical" style={{ maxWidth: 720 }}>
        <Form.Item label={t("orders.kind")} htmlFor="order-kind" extra={t(`orders.about.${kind}`)}>
          <Select id="order-kind" value={kind} onChange={setKind} options={kinds.map((k) => ({ value: k, label: t(`orders.kindOf.${k}`) }))} data-testid="order-kind" />
        </Form.Item>
        <div className="grid" style={{ gap: "0 16px" }}>
          <Form.Item label={t("orders.authority")} htmlFor="order-authority"><Input id="order-authority" value={authority} maxLength={128} onChange={(e) => setAuthority(e.target.value)} data-testid="order-authority" /></Form.Item>
          <Form.Item label={t("orders.docket")} htmlFor="order-docket"><Input id="order-docket" value={docket} maxLength={128} onChange={(e) => setDocket(e.target.value)} data-testid="order-docket" /></Form.Item>
        </div>
        {needsFen && <Form.Item label={t("orders.target")} htmlFor="order-target"><MemberPicker id="order-target" value={target} onChange={setTarget} label={t("orders.target")} testId="order-target" /></Form.Item>}
        {moves && <Form.Item label={t("orders.receiver")} htmlFor="order-receiver"><MemberPicker id="order-receiver" value={receiver} onChange={setReceiver} not={[target]} label={t("orders.receiver")} testId="order-receiver" /></Form.Item>}
        {needsFen && (
          <Form.Item label={t("orders.certificates")} htmlFor="order-certificates" extra={t(kind === "judicial-transfer" ? "orders.oneHint" : "orders.certificatesHint")}>
            <Input.TextArea id="order-certificates" className="mono" rows={3} value={list} onChange={(e) => setList(e.target.value)} data-testid="order-certificates" />
          </Form.Item>
        )}
        {(kind === "freeze" || kind === "judicial-transfer") && <Form.Item label={t("orders.amount")} htmlFor="order-amount"><AmountInput id="order-amount" value={amount} onChange={setAmount} testId="order-amount" /></Form.Item>}
        <DocumentInput label={t("orders.document")} value={document} onChange={setDocument} testId="order-document" />
        <div style={{ marginTop: 16 }}>
          {off && <p className="soft">{off}</p>}
          <ActionButton label={t("orders.send")} primary block disabled={off} onClick={() => void send()} testId="order-send" />
        </div>
      </Form>
    </Panel>
  );

  function offOf(): string | undefined {
    if (authority.trim() === "" || docket.trim() === "" || document === "") return t("orders.first.instrument");
    if (kind === "unfreeze") return of ? undefined : t("orders.first.order");
    if (target === "" || (moves && receiver === "")) return t("orders.first.members");
    if (certificates.length === 0 || certificates.some((c) => !parseCertificateNumber(c)) || (kind === "judicial-transfer" && certificates.length !== 1)) return t("orders.first.certificates");
    return (kind === "freeze" || kind === "judicial-transfer") && amount === null ? t("orders.first.amount") : undefined;
  }

  function request(): SignRequest {
    const instrument = { authority: authority.trim(), docket: docket.trim(), document };
    const fen = fenText(amount ?? 0n);
    switch (kind) {
      case "freeze":
        return call("certificate:Freeze", { ...instrument, target, certificates, amount: fen });
      case "unfreeze":
        return call("certificate:Unfreeze", { ...instrument, order: of?.id ?? "" });
      case "judicial-transfer":
        return call("certificate:JudicialTransfer", { ...instrument, freeze: of?.kind === "freeze" ? of.id : undefined, target, receiver, certificate: certificates[0] ?? "", amount: fen });
      case "succession":
        return call("certificate:Succession", { ...instrument, target, receiver, certificates });
    }
  }
}
