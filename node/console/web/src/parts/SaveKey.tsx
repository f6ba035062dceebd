import { CheckCircleOutlined, DownloadOutlined } from "@ant-design/icons";
import { Button } from "antd";
import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { saveText } from "./save";

interface SaveKeyProps {
  /** Whose key it is. */
  title: ReactNode;
  note?: ReactNode;
  fileName: string;
  /** The sealed file. */
  file: string;
  saved: boolean;
  onSaved: () => void;
  testId: string;
}

/** SaveKey is a key that was just made, with the button that saves its sealed file: the only copy there is. */
export function SaveKey({ title, note, fileName, file, saved, onSaved, testId }: SaveKeyProps): ReactElement {
  const { t } = useTranslation("keys");
  return (
    <div className="row-between" data-testid={`${testId}-row`} data-saved={saved}>
      <span>
        <span className="strong">{title}</span>
        {note && <span className="soft small"> {note}</span>}
        <br />
        <span className="mono soft">{fileName}</span>
      </span>
      <Button
        type={saved ? "default" : "primary"}
        icon={saved ? <CheckCircleOutlined /> : <DownloadOutlined />}
        aria-label={`${saved ? t("saved") : t("save")}: ${fileName}`}
        onClick={() => {
          saveText(file, fileName, "application/json");
          onSaved();
        }}
        data-testid={testId}
      >
        {saved ? t("saved") : t("save")}
      </Button>
    </div>
  );
}
