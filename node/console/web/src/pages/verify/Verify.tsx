import { CheckCircleOutlined, CloseCircleOutlined, ExclamationCircleOutlined } from "@ant-design/icons";
import { useQuery } from "@tanstack/react-query";
import { Button, Form, Input, Spin } from "antd";
import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { Link, useSearchParams } from "react-router-dom";
import { OpenPage } from "../../app/OpenPage";
import { useAccess } from "../../app/session";
import { isDigest } from "../../lib/digest";
import { parseCertificateNumber } from "../../lib/number";
import { isCode } from "../../lib/problem";
import { Facts } from "../../parts/Facts";
import { Money } from "../../parts/Money";
import { CertificateLink, Digest } from "../../parts/Names";
import { ProblemBox } from "../../parts/ProblemBox";
import { StateTag } from "../../parts/StateTag";
import { DateText, InstantText } from "../../parts/Time";

/** What a paper says, as the ledger has it: GET /v1/verifications/{txid}. */
interface Verification {
  certificate: string;
  holding?: number | null;
  debtor: string;
  debtorName: string;
  holder?: string;
  holderName?: string;
  interval?: string | null;
  amount: string;
  payment: string | null;
  state: string | null;
  time: string;
  /** Whether it is still so. */
  current: boolean;
  height: number;
  ledgerTime: string;
}

/** Verify compares a paper with the ledger: the numbers come from its QR code, or are typed. */
export default function Verify(): ReactElement {
  const { t } = useTranslation("verify");
  const [params, setParams] = useSearchParams();
  const number = params.get("c") ?? "";
  const transaction = params.get("t") ?? "";
  return (
    <OpenPage wide testId="verify">
      <h1>{t("title")}</h1>
      <p className="soft" style={{ marginBottom: 20 }}>
        {t("sub")}
      </p>
      {number && transaction ? (
        <Answer
          number={number}
          holding={params.get("h") ?? ""}
          transaction={transaction}
          onAnother={() => setParams({})}
        />
      ) : (
        <Ask onAsk={(given) => setParams(given)} />
      )}
      <p style={{ marginTop: 20 }}>
        <Link to="/login">{t("login")}</Link>
      </p>
    </OpenPage>
  );
}

interface Given {
  c: string;
  h: string;
  t: string;
}

function Ask({ onAsk }: { onAsk: (given: Record<string, string>) => void }): ReactElement {
  const { t } = useTranslation("verify");
  const tidy = (text = ""): string => text.replace(/\s/g, "");
  const rule = (fits: (text: string) => boolean, message: string) => ({
    validator: (_: unknown, value?: string) =>
      fits(tidy(value)) ? Promise.resolve() : Promise.reject(new Error(message)),
  });
  return (
    <Form
      layout="vertical"
      requiredMark={false}
      onFinish={(given: Given) => {
        const holding = tidy(given.h);
        onAsk({ c: tidy(given.c).toUpperCase(), ...(holding ? { h: holding } : {}), t: tidy(given.t).toLowerCase() });
      }}
    >
      <p style={{ marginBottom: 16 }}>{t("ask")}</p>
      <Form.Item
        name="c"
        label={t("number")}
        rules={[rule((n) => parseCertificateNumber(n.toUpperCase()) !== null, t("badNumber"))]}
      >
        <Input className="num" autoComplete="off" data-testid="verify-number" />
      </Form.Item>
      <Form.Item name="h" label={t("holding")}>
        <Input className="num" inputMode="numeric" autoComplete="off" data-testid="verify-holding" />
      </Form.Item>
      <Form.Item
        name="t"
        label={t("transaction")}
        rules={[rule((d) => isDigest(d.toLowerCase()), t("badTransaction"))]}
      >
        <Input.TextArea
          className="mono"
          autoSize={{ minRows: 1, maxRows: 3 }}
          autoComplete="off"
          data-testid="verify-transaction"
        />
      </Form.Item>
      <Button type="primary" htmlType="submit" size="large" block data-testid="verify-check">
        {t("check")}
      </Button>
    </Form>
  );
}

interface AnswerProps {
  number: string;
  holding: string;
  transaction: string;
  onAnother: () => void;
}

function Answer({ number, holding, transaction, onAnother }: AnswerProps): ReactElement {
  const { t } = useTranslation("verify");
  const { open } = useAccess();
  const { data, error, isLoading, refetch } = useQuery({
    queryKey: ["verification", open.language, number, holding, transaction],
    queryFn: ({ signal }) =>
      open.get<Verification>(`/v1/verifications/${encodeURIComponent(transaction)}`, {
        params: { certificate: number, holding },
        open: true,
        signal,
      }),
  });
  const another = (
    <div style={{ marginTop: 20 }}>
      <Button onClick={onAnother} data-testid="verify-another">
        {t("another")}
      </Button>
    </div>
  );
  if (isLoading) {
    return (
      <div className="empty" role="status">
        <Spin />
      </div>
    );
  }
  if (error && (isCode(error, "NOT_FOUND") || isCode(error, "BAD_REQUEST"))) {
    return (
      <>
        <div className="verdict verdict-bad" role="alert" data-testid="verdict" data-verdict="none">
          <CloseCircleOutlined />
          <div>
            <h2>{t("none")}</h2>
            <p>{t("noneText")}</p>
          </div>
        </div>
        {another}
      </>
    );
  }
  if (error || !data) return <ProblemBox error={error} onRetry={() => void refetch()} />;
  return (
    <>
      <Verdict found={data} />
      <Found found={data} transaction={transaction} />
      {another}
    </>
  );
}

function Verdict({ found }: { found: Verification }): ReactElement {
  const { t } = useTranslation("verify");
  return (
    <div
      className={found.current ? "verdict verdict-good" : "verdict verdict-warn"}
      role="status"
      data-testid="verdict"
      data-verdict={found.current ? "current" : "past"}
    >
      {found.current ? <CheckCircleOutlined /> : <ExclamationCircleOutlined />}
      <div>
        <h2>{found.current ? t("current") : t("past")}</h2>
        <p>
          {!found.current && t("pastText")}{" "}
          {t("currentText", { height: found.height, time: found.ledgerTime.slice(0, 16).replace("T", " ") })}
        </p>
      </div>
    </div>
  );
}

function Found({ found, transaction }: { found: Verification; transaction: string }): ReactElement {
  const { t } = useTranslation("verify");
  const named = (name: string | undefined, id: string | undefined): ReactElement | null =>
    id ? (
      <>
        {name || id} {name && <span className="soft small mono">{id}</span>}
      </>
    ) : null;
  return (
    <>
      <p className="soft" style={{ marginBottom: 12 }}>
        {t("compare")}
      </p>
      <Facts
        testId="verify-facts"
        items={[
          {
            label: t("amount"),
            value: <Money amount={found.amount} big withCapital testId="verify-amount" />,
            wide: true,
          },
          { label: t("number"), value: <CertificateLink number={found.certificate} plain />, wide: true },
          found.holding ? { label: t("holding"), value: <span className="num">{found.holding}</span> } : null,
          { label: t("debtor"), value: named(found.debtorName, found.debtor) },
          { label: t("holder"), value: named(found.holderName, found.holder) },
          { label: t("payment"), value: <DateText date={found.payment} /> },
          { label: t("state"), value: <StateTag kind="certificate" state={found.state} /> },
          { label: t("interval"), value: found.interval ? <span className="num">{found.interval}</span> : null },
          { label: t("recorded"), value: <InstantText at={found.time} exact /> },
          { label: t("transaction"), value: <Digest value={transaction} />, wide: true },
        ]}
      />
    </>
  );
}
