import { CheckCircleOutlined } from "@ant-design/icons";
import { Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router-dom";
import { useSession } from "../../app/session";
import { useSign } from "../../app/sign";
import { call } from "../../lib/arguments";
import { takeLow } from "../../lib/build";
import { fileDigest } from "../../lib/digest";
import { type Fen, fenText, humanFen } from "../../lib/money";
import type { CertificateView, Holding } from "../../lib/records";
import { AmountInput } from "../../parts/AmountInput";
import { FileDrop } from "../../parts/FileDrop";
import { MemberPicker } from "../../parts/MemberPicker";
import { Digest } from "../../parts/Names";
import { ActionButton } from "../../parts/ReasonButton";
import { Frame } from "./Frame";
import { firstFree } from "./holding";

/** Pledge gives a bank a registered security interest in part of a holding; the bank approves it. */
export function Pledge(): ReactElement {
  const { t } = useTranslation("holdings");
  return (
    <Frame title={t("pledge.title")} sub={t("pledge.sub")} testId="pledge-new">
      {(certificate, holding) => <Fill certificate={certificate} holding={holding} />}
    </Frame>
  );
}

function Fill({ certificate: c, holding: h }: { certificate: CertificateView; holding: Holding }): ReactElement {
  const { t } = useTranslation("holdings");
  const session = useSession();
  const sign = useSign();
  const navigate = useNavigate();
  const most = firstFree(h);
  const [amount, setAmount] = useState<Fen | null>(most);
  const [pledgee, setPledgee] = useState("");
  const [secured, setSecured] = useState<Fen | null>(null);
  const [registration, setRegistration] = useState("");
  const [document, setDocument] = useState<{ name: string; digest: string } | null>(null);
  const fits = amount !== null && amount > 0n && amount <= most;
  const off = !fits ? t("pledge.amountFirst", { most: humanFen(most) }) : !pledgee || secured === null || !registration.trim() || !document ? t("pledge.fill") : undefined;
  const pledge = async (): Promise<void> => {
    if (!fits || secured === null || !document) return;
    const [leg] = takeLow([h], amount);
    if (!leg) return;
    const done = await sign({
      ...call("certificate:Pledge", { leg, pledgee, secured: fenText(secured), registration: registration.trim(), document: document.digest }),
      counterparty: pledgee,
    });
    if (done) void navigate(done.proposal ? `/approvals/${done.proposal.id}` : `/holdings/${c.number}/${h.id}`);
  };
  return (
    <Form layout="vertical" style={{ maxWidth: 560 }}>
      <Form.Item label={t("pledge.amount")} htmlFor="pledge-amount">
        <AmountInput id="pledge-amount" value={amount} onChange={setAmount} max={most} testId="pledge-amount" />
      </Form.Item>
      <Form.Item label={t("pledge.pledgee")} htmlFor="pledge-pledgee">
        <MemberPicker id="pledge-pledgee" value={pledgee} onChange={setPledgee} roles={["funder"]} not={[session.member.id, c.debtor]} testId="pledge-pledgee" />
      </Form.Item>
      <Form.Item label={t("pledge.secured")} htmlFor="pledge-secured">
        <AmountInput id="pledge-secured" value={secured} onChange={setSecured} testId="pledge-secured" />
      </Form.Item>
      <Form.Item label={t("pledge.registration")} htmlFor="pledge-registration" extra={t("pledge.registrationHint")}>
        <Input id="pledge-registration" value={registration} maxLength={128} onChange={(event) => setRegistration(event.target.value)} data-testid="pledge-registration" />
      </Form.Item>
      <Form.Item label={t("pledge.document")} extra={t("pledge.documentHint")}>
        <FileDrop
          label={t("pledge.drop")}
          onFiles={([file]) => file && void fileDigest(file).then((digest) => setDocument({ name: file.name, digest }))}
          testId="pledge-document"
        />
        {document && (
          <p className="small">
            <CheckCircleOutlined className="good" aria-hidden="true" /> {document.name} <Digest value={document.digest} />
          </p>
        )}
      </Form.Item>
      {off && <p className="soft small">{off}</p>}
      <ActionButton label={t("do.pledge")} primary block disabled={off} onClick={() => void pledge()} testId="pledge-send" />
    </Form>
  );
}
