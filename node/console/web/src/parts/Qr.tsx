import QRCode from "qrcode";
import { type ReactElement, useMemo } from "react";

/** Qr is a QR code drawn as one path; text is what it says, label what it is for. */
export function Qr({ text, label, size = 180 }: { text: string; label: string; size?: number }): ReactElement {
  const { path, side } = useMemo(() => draw(text), [text]);
  return (
    <div className="qr" style={{ width: size }}>
      <svg viewBox={`0 0 ${side} ${side}`} role="img" aria-label={label} shapeRendering="crispEdges">
        <rect width={side} height={side} fill="#fff" />
        <path d={path} fill="#12343B" />
      </svg>
    </div>
  );
}

const margin = 2; // modules of white around the code

function draw(text: string): { path: string; side: number } {
  const { modules } = QRCode.create(text, { errorCorrectionLevel: "M" });
  const parts: string[] = [];
  for (let y = 0; y < modules.size; y++) {
    for (let x = 0; x < modules.size; x++) {
      if (modules.get(y, x)) parts.push(`M${x + margin} ${y + margin}h1v1h-1z`);
    }
  }
  return { path: parts.join(""), side: modules.size + 2 * margin };
}
