// Who works in this browser: the identities it keeps, the one in use, and what the
// node says of it. Private keys stay in the vault; nothing here can read them.
import { useQueryClient } from "@tanstack/react-query";
import {
  type ReactElement,
  type ReactNode,
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { Api } from "../lib/api";
import type { EncryptionKey } from "../lib/envelope";
import { registeredKey } from "../lib/build";
import type { SigningKey } from "../lib/keys";
import { isCode } from "../lib/problem";
import type { Member, PersonRole, Role, Viewer } from "../lib/records";
import { type Identity, Vault, identityOf } from "../lib/vault";
import { currentLanguage } from "./i18n";

/** Session is one person of one member, logged in. */
export interface Session {
  api: Api;
  identity: Identity;
  viewer: Viewer;
  member: Member;
  /** Whether the member has one of the roles. */
  is(...roles: Role[]): boolean;
  /** Whether the person has one of the roles. */
  may(...roles: PersonRole[]): boolean;
}

/** How far the login is. */
export type AccessState = "starting" | "out" | "opening" | "in" | "failed";

/** Access is what works with and without login. */
export interface Access {
  state: AccessState;
  /** Why a remembered identity could not be used, or the browser's storage not opened. */
  error: unknown;
  /** For operations that need no login; in the page's language. */
  open: Api;
  session: Session | null;
  identities: Identity[];
  /** Null while it opens, and when the browser does not allow it. */
  vault: Vault | null;
  /** Logs in with an identity of this browser. */
  use(kid: string): Promise<void>;
  /** Asks the node whose key it is, remembers it and logs in. Throws UNKNOWN_CREDENTIAL for a key that is not registered. */
  add(key: SigningKey): Promise<Identity>;
  /** Keeps the key with which a member reads what is sealed to it; the member is one of those that are known here. */
  addEncryption(key: EncryptionKey): Promise<void>;
  /** Logs out; the identity stays in this browser. */
  leave(): void;
  /** Forgets an identity and its key. */
  forget(kid: string): Promise<void>;
}

const AccessContext = createContext<Access | null>(null);

/** useAccess gives what works with and without login. */
export function useAccess(): Access {
  const access = useContext(AccessContext);
  if (!access) throw new Error("useAccess outside of AccessProvider");
  return access;
}

/** useSession gives the session; pages within the frame always have one. */
export function useSession(): Session {
  const { session } = useAccess();
  if (!session) throw new Error("useSession without a login");
  return session;
}

const lastUsed = "tierledger.identity";

async function sessionOf(identity: Identity, vault: Vault): Promise<Session> {
  const api = new Api({ identity, outbox: vault, language: currentLanguage() });
  const viewer = await api.get<Viewer>("/v1/viewer");
  const known = {
    ...identity,
    member: viewer.member.id,
    memberName: viewer.member.name,
    person: viewer.person,
    roles: viewer.credential.roles,
  };
  if (JSON.stringify([identity.memberName, identity.roles]) !== JSON.stringify([known.memberName, known.roles]))
    await vault.addIdentity(known);
  return {
    api,
    identity: known,
    viewer,
    member: viewer.member,
    is: (...roles) => roles.some((r) => viewer.member.roles.includes(r)),
    may: (...roles) => roles.some((r) => viewer.credential.roles.includes(r)),
  };
}

/** AccessProvider opens the vault and logs in the identity that was used last. */
export function AccessProvider({ children }: { children: ReactNode }): ReactElement {
  const { i18n } = useTranslation();
  const language = i18n.language;
  const queries = useQueryClient();
  const [vault, setVault] = useState<Vault | null>(null);
  const [identities, setIdentities] = useState<Identity[]>([]);
  const [session, setSession] = useState<Session | null>(null);
  const [state, setState] = useState<AccessState>("starting");
  const [error, setError] = useState<unknown>(null);

  const enter = useCallback(
    async (identity: Identity, kept: Vault) => {
      setState("opening");
      setError(null);
      try {
        const opened = await sessionOf(identity, kept);
        queries.clear();
        localStorage.setItem(lastUsed, identity.kid);
        setSession(opened);
        setIdentities(await kept.identities());
        setState("in");
      } catch (reason) {
        setSession(null);
        setError(reason);
        setState("failed");
        throw reason;
      }
    },
    [queries],
  );

  useEffect(() => {
    let gone = false;
    void (async () => {
      try {
        const opened = await Vault.open();
        const all = await opened.identities();
        if (gone) return;
        setVault(opened);
        setIdentities(all);
        const last = all.find((i) => i.kid === localStorage.getItem(lastUsed));
        if (last) await enter(last, opened);
        else setState("out");
      } catch (reason) {
        if (gone) return;
        setError(reason);
        setState("failed");
      }
    })();
    return () => {
      gone = true;
    };
  }, [enter]);

  const open = useMemo(() => new Api({ language: language === "en" ? "en" : "zh" }), [language]);
  const shown = useMemo(
    () => (session ? { ...session, api: session.api.with({ language: language === "en" ? "en" : "zh" }) } : null),
    [session, language],
  );

  const access = useMemo<Access>(
    () => ({
      state,
      error,
      open,
      session: shown,
      identities,
      vault,
      use: async (kid) => {
        const identity = identities.find((i) => i.kid === kid);
        if (identity && vault) await enter(identity, vault);
      },
      add: async (key) => {
        const kept = vault ?? (await Vault.open());
        const identity = await ask(key, open);
        await kept.addIdentity(identity);
        setVault(kept);
        await enter(identity, kept);
        return identity;
      },
      addEncryption: async (key) => {
        const kept = vault ?? (await Vault.open());
        await kept.keepMemberKey(key, await memberOf(key, await kept.identities(), open));
      },
      leave: () => {
        localStorage.removeItem(lastUsed);
        queries.clear();
        setSession(null);
        setError(null);
        setState("out");
      },
      forget: async (kid) => {
        await vault?.removeIdentity(kid);
        setIdentities((await vault?.identities()) ?? []);
        if (session?.identity.kid === kid) {
          localStorage.removeItem(lastUsed);
          queries.clear();
          setSession(null);
          setState("out");
        }
      },
    }),
    [state, error, open, shown, identities, vault, enter, queries, session],
  );
  return <AccessContext.Provider value={access}>{children}</AccessContext.Provider>;
}

/** ask has the node say whose key it is: the key logs in as itself. */
async function ask(key: SigningKey, open: Api): Promise<Identity> {
  const network = await open.network();
  const unknown = identityOf(key, { member: "", memberName: "", person: "", roles: [], network });
  const viewer = await open.with({ identity: unknown }).get<Viewer>("/v1/viewer");
  return identityOf(key, {
    member: viewer.member.id,
    memberName: viewer.member.name,
    person: viewer.person,
    roles: viewer.credential.roles,
    network,
  });
}

/** memberOf finds the member that registered an encryption key among those of the identities, "" when it is none of them. */
async function memberOf(key: EncryptionKey, identities: Identity[], open: Api): Promise<string> {
  const seen = new Set<string>();
  for (const identity of identities) {
    if (seen.has(identity.member)) continue;
    seen.add(identity.member);
    const member = await open.with({ identity }).get<Member>(`/v1/members/${identity.member}`);
    if ((await registeredKey(member.encryption))?.id === key.public.id) return member.id;
  }
  return "";
}

/** isUnregistered reports whether a login failed because the network does not know the key. */
export function isUnregistered(error: unknown): boolean {
  return (
    isCode(error, "UNKNOWN_CREDENTIAL") || (isCode(error, "UNAUTHENTICATED") && error.detail.includes("not registered"))
  );
}
