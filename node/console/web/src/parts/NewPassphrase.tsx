import { Button, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { passphraseFits } from "../lib/keyfile";
import { ProblemBox } from "./ProblemBox";

interface NewPassphraseProps {
  /** What the button does. */
  action: string;
  /** What is done with the passphrase; what it throws is shown. */
  onPassphrase: (passphrase: string) => Promise<void>;
  disabled?: boolean;
  testId: string;
}

/** NewPassphrase asks twice for the passphrase that a new key is sealed with. */
export function NewPassphrase({ action, onPassphrase, disabled, testId }: NewPassphraseProps): ReactElement {
  const { t } = useTranslation("keys");
  const [form] = Form.useForm<{ passphrase: string; repeat: string }>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const go = async ({ passphrase }: { passphrase: string }): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await onPassphrase(passphrase);
      form.resetFields();
    } catch (reason) {
      setError(reason);
    } finally {
      setBusy(false);
    }
  };
  const same = (value = ""): boolean => value === ((form.getFieldValue("passphrase") as string | undefined) ?? "");
  return (
    <Form form={form} name={testId} layout="vertical" onFinish={(v: { passphrase: string }) => void go(v)} disabled={busy || disabled} requiredMark={false}>
      <Form.Item
        name="passphrase"
        label={t("passphrase")}
        extra={t("passphraseHint")}
        rules={[{ validator: (_, v: string = "") => (passphraseFits(v) ? Promise.resolve() : Promise.reject(new Error(t("weak")))) }]}
      >
        <Input.Password autoComplete="new-password" data-testid={`${testId}-passphrase`} />
      </Form.Item>
      <Form.Item
        name="repeat"
        label={t("repeat")}
        dependencies={["passphrase"]}
        rules={[{ validator: (_, v: string = "") => (same(v) ? Promise.resolve() : Promise.reject(new Error(t("differs")))) }]}
      >
        <Input.Password autoComplete="new-password" data-testid={`${testId}-repeat`} />
      </Form.Item>
      {error != null && <ProblemBox error={error} />}
      <Button type="primary" htmlType="submit" block loading={busy} data-testid={`${testId}-make`}>
        {busy ? t("making") : action}
      </Button>
    </Form>
  );
}
