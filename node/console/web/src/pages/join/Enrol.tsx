import { Button, Progress } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Class, Invited, PersonKey } from "../../lib/records";
import type { NamedDigest } from "../../parts/DocumentList";
import { CompanyStep } from "./CompanyStep";
import { KeysStep } from "./KeysStep";
import { type ReaderKey, type Starter, firstPeople } from "./people";
import { SendStep } from "./SendStep";

/** What the enterprise says of itself. */
export interface Company {
  id: string;
  name: string;
  class: Class;
  lei: string;
  contact: string;
  documents: NamedDigest[];
}

/** What was sent, with the keys that are still in this page. */
export interface Sent {
  company: Company;
  people: Starter[];
  reader: ReaderKey;
}

/** What goes to the node: POST /v1/invitations/by-token/{token}/enrolment. */
export interface EnrolBody {
  id: string;
  name: string;
  class: Class;
  lei?: string;
  contact: string;
  credentials: PersonKey[];
  encryption: string;
  documents: string[];
}

const steps = ["company", "keys", "send"] as const;

/** Enrol are the steps from an open invitation to the enrolment that the bank decides on. */
export function Enrol({ token, invited, onSent }: { token: string; invited: Invited; onSent: (sent: Sent) => void }): ReactElement {
  const { t } = useTranslation("join");
  const [step, setStep] = useState(0);
  const [company, setCompany] = useState<Company>({
    id: invited.member ?? "", name: invited.name, class: "small", lei: "", contact: "", documents: [],
  });
  const [people, setPeople] = useState<Starter[]>(firstPeople);
  const [reader, setReader] = useState<ReaderKey | null>(null);
  const name = steps[step] ?? "company";
  return (
    <div className="stack" data-testid="join-step" data-step={name}>
      <div>
        <Progress percent={Math.round((100 * (step + 1)) / steps.length)} showInfo={false} size="small" aria-label={t("progress")} />
        <div className="soft small">{t("step", { now: step + 1, all: steps.length })}</div>
        <h2 style={{ fontSize: 17 }}>{t(`${name}.title`)}</h2>
        <p className="soft">{t(`${name}.text`, { bank: invited.bank.name })}</p>
      </div>
      {name === "company" && (
        <CompanyStep
          company={company}
          fixedId={invited.member ?? ""}
          onDone={(given) => {
            setCompany(given);
            setStep(1);
          }}
        />
      )}
      {name === "keys" && (
        <KeysStep people={people} onPeople={setPeople} reader={reader} onReader={setReader} onDone={() => setStep(2)} />
      )}
      {name === "send" && reader && (
        <SendStep
          token={token}
          network={invited.network}
          bank={invited.bank.name}
          sent={{ company, people, reader }}
          onSent={() => onSent({ company, people, reader })}
        />
      )}
      {step > 0 && (
        <Button type="link" onClick={() => setStep(step - 1)} data-testid="join-back">
          {t("back")}
        </Button>
      )}
    </div>
  );
}
