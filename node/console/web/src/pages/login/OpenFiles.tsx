import { DeleteOutlined, FileOutlined } from "@ant-design/icons";
import { Alert, Button, Form, Input } from "antd";
import { type ReactElement, useState } from "react";
import { useTranslation } from "react-i18next";
import { isUnregistered, useAccess } from "../../app/session";
import { base64 } from "../../lib/base64";
import { EncryptionKey, isEncryptionKeyFile } from "../../lib/envelope";
import { type SigningKey, openKeyFile } from "../../lib/keys";
import { FileDrop } from "../../parts/FileDrop";
import { Copy } from "../../parts/Names";
import { ProblemBox } from "../../parts/ProblemBox";

/** OpenFiles opens key files with a passphrase, remembers whose they are and logs in with the first. */
export function OpenFiles({ onDone }: { onDone: () => void }): ReactElement {
  const { t } = useTranslation("login");
  const access = useAccess();
  const [files, setFiles] = useState<File[]>([]);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [unknown, setUnknown] = useState<SigningKey | null>(null);

  const open = async ({ passphrase }: { passphrase: string }): Promise<void> => {
    setBusy(true);
    setError(null);
    setUnknown(null);
    let key: SigningKey | null = null;
    try {
      const keys: SigningKey[] = [];
      const readers: EncryptionKey[] = [];
      for (const file of files) {
        const text = await file.text();
        if (isEncryptionKeyFile(text)) readers.push(await EncryptionKey.openFile(text, passphrase));
        else keys.push(await openKeyFile(text, passphrase));
      }
      for (const next of keys.reverse()) {
        key = next;
        await access.add(next); // the first file is added last and stays logged in
      }
      for (const reader of readers) await access.addEncryption(reader);
      onDone();
    } catch (reason) {
      if (key && isUnregistered(reason)) setUnknown(key);
      else setError(reason);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Form
      layout="vertical"
      onFinish={(values: { passphrase: string }) => void open(values)}
      disabled={busy}
      requiredMark={false}
    >
      <div className="stack">
        <FileDrop
          label={t("drop")}
          hint={t("dropHint")}
          accept=".key,.json,application/json"
          multiple
          disabled={busy}
          onFiles={(more) => setFiles([...files.filter((f) => !more.some((m) => m.name === f.name)), ...more])}
          testId="key-files"
        />
        {files.length > 0 && (
          <ul className="cards" aria-label={t("file")}>
            {files.map((file) => (
              <li key={file.name} className="row-between">
                <span>
                  <FileOutlined aria-hidden="true" /> {file.name}
                </span>
                <Button
                  type="text"
                  size="small"
                  icon={<DeleteOutlined />}
                  aria-label={`${t("remove")} ${file.name}`}
                  onClick={() => setFiles(files.filter((f) => f !== file))}
                />
              </li>
            ))}
          </ul>
        )}
        <Form.Item
          name="passphrase"
          label={t("passphrase")}
          extra={files.length > 1 ? t("passphraseHint") : undefined}
          rules={[{ required: true, message: t("passphrase") }]}
          style={{ marginBottom: 0 }}
        >
          <Input.Password autoComplete="current-password" data-testid="passphrase" />
        </Form.Item>
        {error != null && <ProblemBox error={error} testId="login-problem" />}
        {unknown && <Unregistered signingKey={unknown} />}
        <Button
          type="primary"
          htmlType="submit"
          block
          size="large"
          loading={busy}
          disabled={files.length === 0}
          data-testid="login-open"
        >
          {busy ? t("opening") : t("open")}
        </Button>
      </div>
    </Form>
  );
}

function Unregistered({ signingKey }: { signingKey: SigningKey }): ReactElement {
  const { t } = useTranslation("login");
  const text = base64(signingKey.spki);
  return (
    <Alert
      type="warning"
      showIcon
      title={t("unregistered")}
      data-testid="unregistered"
      description={
        <div className="stack-tight">
          <span>{t("unregisteredText")}</span>
          <span>
            {t("public")}: <span className="mono">{text}</span> <Copy text={text} />
          </span>
        </div>
      }
    />
  );
}
