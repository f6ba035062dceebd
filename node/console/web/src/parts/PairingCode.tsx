import { Spin } from "antd";
import { type ReactElement, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { fromBase64 } from "../lib/base64";
import { groupedPairing, pairing } from "../lib/pairing";
import { ProblemBox } from "./ProblemBox";

/** What a pairing code is made of. */
export interface PairingOf {
  network: string;
  /** Social credit code. */
  member: string;
  /** Ids of the keys, in their order. */
  kids: string[];
  /** The member's public key for documents in base64, or empty. */
  encryption: string;
}

/** usePairing makes the pairing code in this browser; "" until it is made. */
export function usePairing(of: PairingOf | null): { code: string; error: unknown } {
  const [made, setMade] = useState<{ code: string; error: unknown }>({ code: "", error: null });
  const key = of ? JSON.stringify(of) : "";
  useEffect(() => {
    setMade({ code: "", error: null });
    if (key === "") return undefined;
    let gone = false;
    const { network, member, kids, encryption } = JSON.parse(key) as PairingOf;
    void (async () => {
      try {
        const raw = encryption === "" ? undefined : fromBase64(encryption);
        const code = await pairing(network, member, kids, raw);
        if (!gone) setMade({ code, error: null });
      } catch (error) {
        if (!gone) setMade({ code: "", error });
      }
    })();
    return () => {
      gone = true;
    };
  }, [key]);
  return made;
}

/** PairingCode shows the eight digits that their owner reads to the bank, made of the own keys in this browser. */
export function PairingCode({ of, testId }: { of: PairingOf; testId?: string }): ReactElement {
  const { t } = useTranslation("keys");
  const { code, error } = usePairing(of);
  if (error) return <ProblemBox error={error} />;
  return (
    <div className="sign-amount" aria-live="polite">
      <div className="soft small">{t("pairing")}</div>
      {code === "" ? (
        <Spin size="small" />
      ) : (
        <div className="num money-big" data-testid={testId ?? "pairing"} data-code={code}>
          {groupedPairing(code)}
        </div>
      )}
    </div>
  );
}
