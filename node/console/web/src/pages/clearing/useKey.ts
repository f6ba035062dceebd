/** Whether this browser keeps the encryption key of the viewer's member. */
import { useEffect, useState } from "react";
import { useAccess, useSession } from "../../app/session";
import type { EncryptionKey } from "../../lib/envelope";
import { bankKey } from "./desk";

/** useKey gives the member's encryption key; null when this browser does not have it, undefined until that is known. */
export function useKey(): EncryptionKey | null | undefined {
  const { vault } = useAccess();
  const { member } = useSession();
  const [key, setKey] = useState<EncryptionKey | null | undefined>(undefined);
  useEffect(() => {
    let live = true;
    bankKey(vault, member).then(
      (found) => live && setKey(found),
      () => live && setKey(null),
    );
    return () => {
      live = false;
    };
  }, [vault, member]);
  return key;
}
