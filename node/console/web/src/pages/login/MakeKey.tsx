import { Alert, Button, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { base64 } from "../../lib/base64";
import { passphraseFits } from "../../lib/keyfile";
import { type MadeKey, makeKey } from "../../lib/keys";
import { saveText } from "../../parts/save";
import { Facts } from "../../parts/Facts";
import { Copy } from "../../parts/Names";
import { ProblemBox } from "../../parts/ProblemBox";

/** MakeKey makes a key in this browser and gives the person its sealed file. */
export function MakeKey(): ReactElement {
  const { t } = useTranslation("login");
  const [made, setMade] = useState<MadeKey | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);

  const make = async ({ passphrase }: { passphrase: string }): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const key = await makeKey(passphrase);
      saveText(key.file, key.fileName, "application/json");
      setMade(key);
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };

  if (made) return <Made made={made} />;
  return (
    <Form
      layout="vertical"
      onFinish={(values: { passphrase: string }) => void make(values)}
      disabled={busy}
      requiredMark={false}
    >
      <Form.Item
        name="passphrase"
        label={t("newPassphrase")}
        rules={[
          {
            validator: (_, value: string = "") =>
              passphraseFits(value) ? Promise.resolve() : Promise.reject(new Error(t("weak"))),
          },
        ]}
      >
        <Input.Password autoComplete="new-password" data-testid="new-passphrase" />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t("repeat")}
        dependencies={["passphrase"]}
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value: string = "") =>
              value === (getFieldValue("passphrase") ?? "")
                ? Promise.resolve()
                : Promise.reject(new Error(t("differs"))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" data-testid="new-repeat" />
      </Form.Item>
      {error != null && <ProblemBox error={error} />}
      <Button type="primary" htmlType="submit" block size="large" loading={busy} data-testid="make-key">
        {busy ? t("making") : t("make")}
      </Button>
    </Form>
  );
}

function Made({ made }: { made: MadeKey }): ReactElement {
  const { t } = useTranslation("login");
  const spki = base64(made.key.spki);
  return (
    <div className="stack" data-testid="key-made">
      <Alert type="success" showIcon title={t("made")} description={t("madeText")} />
      <Facts
        items={[
          { label: t("file"), value: made.fileName, wide: true },
          { label: t("kid"), value: <span className="mono">{made.key.kid}</span>, wide: true },
          {
            label: t("public"),
            value: (
              <span className="mono">
                {spki} <Copy text={spki} />
              </span>
            ),
            wide: true,
            testId: "public-key",
          },
        ]}
      />
      <div>
        <Button onClick={() => saveText(made.file, made.fileName, "application/json")}>{t("again")}</Button>
      </div>
    </div>
  );
}
