import { DownloadOutlined } from "@ant-design/icons";
import { App, Button } from "antd";
import { type ReactElement, useState } from "react";
import { currentLanguage } from "../app/i18n";
import { useSession } from "../app/session";
import type { Params } from "../lib/api";
import { describe } from "../lib/problem";
import { saveBlob } from "./save";

interface DownloadProps {
  path: string;
  params?: Params;
  /** Name when the node gives none. */
  name: string;
  label: string;
  /** What it is, where the label is only "PDF". */
  of?: string;
  primary?: boolean;
  small?: boolean;
  testId: string;
}

/** Download has the node make a document and hands it to the person. */
export function Download({ path, params = {}, name, label, of, primary, small, testId }: DownloadProps): ReactElement {
  const { api } = useSession();
  const { notification } = App.useApp();
  const [busy, setBusy] = useState(false);
  const load = async (): Promise<void> => {
    setBusy(true);
    try {
      const file = await api.file(path, { params });
      saveBlob(file.blob, file.name || name);
    } catch (reason) {
      const p = describe(reason, currentLanguage());
      notification.error({ title: p.title, description: [p.detail, p.next, p.code].filter(Boolean).join(" · ") });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button type={primary ? "primary" : "default"} size={small ? "small" : "middle"} icon={<DownloadOutlined />} loading={busy} onClick={() => void load()} aria-label={of ? `${of}: ${label}` : undefined} data-testid={testId}>
      {label}
    </Button>
  );
}
