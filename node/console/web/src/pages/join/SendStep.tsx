import { Alert, Button } from "antd";
import { type ReactElement, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh } from "../../app/query";
import { useAccess } from "../../app/session";
import { useWords } from "../../app/words";
import { base64 } from "../../lib/base64";
import { isCode } from "../../lib/problem";
import type { Applied } from "../../lib/records";
import { Facts } from "../../parts/Facts";
import { Digest } from "../../parts/Names";
import { ProblemBox } from "../../parts/ProblemBox";
import type { EnrolBody, Sent } from "./Enrol";
import { keep } from "./kept";
import { personKeys } from "./people";

interface SendStepProps {
  token: string;
  network: string;
  bank: string;
  sent: Sent;
  onSent: () => void;
}

/** SendStep shows what goes to the bank and sends it. The same bytes are sent again when the answer did not arrive. */
export function SendStep({ token, network, bank, sent, onSent }: SendStepProps): ReactElement {
  const { t } = useTranslation("join");
  const words = useWords();
  const { open } = useAccess();
  const refresh = useRefresh();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const body = useRef<EnrolBody | null>(null);
  const { company, people, reader } = sent;

  const send = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      body.current ??= {
        id: company.id, name: company.name, class: company.class, ...(company.lei ? { lei: company.lei } : {}), contact: company.contact,
        credentials: await personKeys(people, network, company.id),
        encryption: base64(reader.key.public.raw),
        documents: company.documents.map((d) => d.digest),
      };
      const kids = people.flatMap((p) => (p.made ? [p.made.key.kid] : []));
      await keep(token, { network, member: company.id, kids, encryption: body.current.encryption });
      await open.post<Applied>(`/v1/invitations/by-token/${token}/enrolment`, body.current, { open: true });
      onSent();
      await refresh();
    } catch (reason) {
      setError(reason);
      if (isCode(reason, "CONFLICT")) await refresh(); // it arrived before: the page then shows what became of it
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="stack">
      <Facts
        items={[
          { label: t("company.name"), value: company.name },
          { label: t("company.id"), value: <span className="mono">{company.id}</span> },
          { label: t("company.class"), value: words.of("class", company.class) },
          { label: t("company.lei"), value: company.lei },
          { label: t("company.contact"), value: company.contact },
        ]}
      />
      <ul className="sign-lines" aria-label={t("keys.people")}>
        {people.map((p) => (
          <li key={p.id}>
            <span className="strong">{p.person}</span> · {p.roles.map((r) => words.of("personRole", r)).join("、")} · <Digest value={p.made?.key.kid} />
          </li>
        ))}
      </ul>
      {company.documents.length > 0 && (
        <ul className="sign-lines" aria-label={t("company.documents")}>
          {company.documents.map((d) => (
            <li key={d.digest}>
              {d.name} <Digest value={d.digest} />
            </li>
          ))}
        </ul>
      )}
      <Alert type="info" showIcon title={t("send.public")} description={t("send.publicText", { bank })} />
      {error != null && <ProblemBox error={error} testId="join-problem" />}
      <Button type="primary" block size="large" loading={busy} onClick={() => void send()} data-testid="join-send">
        {t("send.send", { bank })}
      </Button>
    </div>
  );
}
