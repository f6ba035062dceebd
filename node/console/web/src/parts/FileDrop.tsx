import { InboxOutlined } from "@ant-design/icons";
import { type DragEvent, type ReactElement, type ReactNode, useState } from "react";

interface FileDropProps {
  /** What to drop here. */
  label: string;
  hint?: ReactNode;
  onFiles: (files: File[]) => void;
  /** As of an input: ".xlsx,.csv". */
  accept?: string;
  multiple?: boolean;
  disabled?: boolean;
  testId?: string;
}

/** FileDrop takes files by dropping or choosing. The input inside is a real one, for keyboards and for tests. */
export function FileDrop({ label, hint, onFiles, accept, multiple, disabled, testId }: FileDropProps): ReactElement {
  const [over, setOver] = useState(false);
  const give = (list: FileList | null): void => {
    if (!disabled && list && list.length > 0) onFiles(multiple ? [...list] : [...list].slice(0, 1));
  };
  const drag = (inside: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(inside);
  };
  return (
    <label
      className={over ? "drop drop-over" : "drop"}
      onDragOver={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(event) => {
        drag(false)(event);
        give(event.dataTransfer.files);
      }}
    >
      <InboxOutlined aria-hidden="true" />
      <span className="strong">{label}</span>
      {hint && <span className="soft small">{hint}</span>}
      <input
        type="file"
        className="hidden-visually"
        accept={accept}
        multiple={multiple}
        disabled={disabled}
        data-testid={testId ?? "file-drop"}
        onChange={(event) => {
          give(event.target.files);
          event.target.value = "";
        }}
      />
    </label>
  );
}
