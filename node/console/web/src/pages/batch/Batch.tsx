import { Alert } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { useSession } from "../../app/session";
import { Page } from "../../parts/Page";
import { Prepare } from "./Prepare";
import { Sending } from "./Sending";
import { type Run, saveRun, savedRun } from "./run";

/** Batch issues many certificates from a spreadsheet, as one proposal of at most 500 rows, or several. */
export default function Batch(): ReactElement {
  const { t } = useTranslation("batch");
  const session = useSession();
  const off = !session.is("debtor") ? t("onlyDebtor") : session.may("maker") ? "" : t("onlyMaker");
  return (
    <Page title={t("title")} sub={t("sub")} testId="batch">
      {off === "" ? <Steps key={session.identity.kid} /> : <Alert type="info" showIcon title={off} />}
    </Page>
  );
}

function Steps(): ReactElement {
  const { identity } = useSession();
  const [run, setRun] = useState<Run | null>(() => savedRun(identity.kid));
  const keep = (next: Run | null): void => {
    saveRun(identity.kid, next);
    setRun(next);
  };
  return run ? <Sending run={run} onRun={keep} /> : <Prepare onRun={keep} />;
}
