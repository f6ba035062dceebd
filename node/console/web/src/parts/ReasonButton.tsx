import { Button, Form, Input, Modal, Tooltip } from "antd";
import { type ReactElement, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

interface ReasonButtonProps {
  /** What it does, on the button and above the reason. */
  label: string;
  /** What follows from it, in a sentence or two. */
  about: ReactNode;
  /** Reasons that are offered to be taken as they are. */
  usual?: string[];
  danger?: boolean;
  /** Why it cannot be done now; the button is off then. */
  disabled?: string;
  block?: boolean;
  onReason: (reason: string) => void;
  testId: string;
}

const longest = 256;

/** ReasonButton asks why before it does what needs a reason that goes onto the ledger. */
export function ReasonButton({ label, about, usual = [], danger, disabled, block, onReason, testId }: ReasonButtonProps): ReactElement {
  const { t } = useTranslation("value");
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const given = reason.trim();
  return (
    <>
      <ActionButton label={label} danger={danger} disabled={disabled} block={block} onClick={() => setOpen(true)} testId={testId} />
      <Modal
        open={open}
        title={label}
        onCancel={() => setOpen(false)}
        okText={t("reason.next")}
        cancelText={t("reason.cancel")}
        okButtonProps={{ disabled: given === "", danger, ...{ "data-testid": `${testId}-next` } }}
        onOk={() => {
          setOpen(false);
          onReason(given);
        }}
        destroyOnHidden
      >
        <div className="stack">
          <div>{about}</div>
          {usual.length > 0 && (
            <div className="row">
              {usual.map((u) => (
                <Button key={u} size="small" onClick={() => setReason(u)}>
                  {u}
                </Button>
              ))}
            </div>
          )}
          <Form layout="vertical">
            <Form.Item label={t("reason.label")} htmlFor={`${testId}-text`} extra={t("reason.hint")}>
              <Input.TextArea id={`${testId}-text`} value={reason} maxLength={longest} rows={3} onChange={(e) => setReason(e.target.value)} data-testid={`${testId}-reason`} />
            </Form.Item>
          </Form>
        </div>
      </Modal>
    </>
  );
}

interface ActionButtonProps {
  label: string;
  primary?: boolean;
  danger?: boolean;
  /** Why it cannot be done now; the button is off then, and says so. */
  disabled?: string;
  block?: boolean;
  busy?: boolean;
  onClick: () => void;
  testId: string;
}

/** ActionButton does something, or says why it cannot be done. */
export function ActionButton({ label, primary, danger, disabled, block, busy, onClick, testId }: ActionButtonProps): ReactElement {
  const button = (
    <Button type={primary ? "primary" : "default"} danger={danger} block={block} loading={busy} disabled={!!disabled} onClick={onClick} data-testid={testId} aria-description={disabled}>
      {label}
    </Button>
  );
  return disabled ? <Tooltip title={disabled}>{button}</Tooltip> : button;
}
