/** What a bank's clearing desk does in the browser: it opens account numbers with the bank's key, and puts files together for the node. */
import { type Bytes, base64, fromBase64, fromUtf8, utf8 } from "../../lib/base64";
import type { Api } from "../../lib/api";
import { accountContext, registeredKey } from "../../lib/build";
import { type EncryptionKey, saltSize } from "../../lib/envelope";
import type { Account, AccountsPage, DeskAccount, ItemOutcome, Member, RunRow, SealedAccount, SealedPage, Settlement } from "../../lib/records";
import type { Vault } from "../../lib/vault";

const atOnce = 6; // requests that wait together
const mostLegs = 50_000;

/** The bank's encryption key, if this browser keeps it. */
export async function bankKey(vault: Vault | null, member: Member): Promise<EncryptionKey | null> {
  const registered = await registeredKey(member.encryption);
  return registered && vault ? vault.encryptionKey(registered.id) : null;
}

/** Opens a sealed account; null when it is not sealed to this key. The node compares what it says with the ledger. */
export async function openedAccount(key: EncryptionKey, of: Omit<SealedAccount, "commitment" | "readable" | "bank">): Promise<DeskAccount | null> {
  try {
    const opened = await key.open(fromBase64(of.sealed), utf8(of.context));
    const text = JSON.parse(fromUtf8(opened.slice(saltSize))) as { number?: string; name?: string };
    return { member: of.member, account: of.account, number: text.number ?? "", name: text.name ?? "", salt: base64(opened.slice(0, saltSize)) };
  } catch {
    return null; // such an account is named by member and word
  }
}

/** The accounts of the legs of a run that the bank has instructed, opened as far as its key does. */
export async function accountsToPay(api: Api, run: string, key: EncryptionKey): Promise<DeskAccount[]> {
  const sealed = new Map<string, SealedAccount>();
  let cursor = "";
  do {
    const page: SealedPage = await api.get<SealedPage>(`/v1/runs/${encodeURIComponent(run)}/sealed-accounts`, { params: { limit: 500, cursor } });
    for (const a of [...page.items, ...page.payers]) if (a.readable) sealed.set(`${a.member}/${a.account}`, a);
    cursor = page.next ?? "";
  } while (cursor !== "");
  const opened = await each([...sealed.values()], (a) => openedAccount(key, a));
  return opened.filter((a) => a !== null);
}

/**
 * The accounts at the bank that legs of runs are paid from or to, opened with the bank's key: messages may name them by
 * number.
 */
export async function accountsAtBank(api: Api, runs: readonly string[], bank: string, key: EncryptionKey): Promise<DeskAccount[]> {
  const members = new Set<string>();
  for (const run of runs) {
    const path = `/v1/runs/${encodeURIComponent(run)}/legs`;
    const paying = await api.all<Settlement>(path, { payerBank: bank }, mostLegs);
    const receiving = await api.all<Settlement>(path, { payeeBank: bank }, mostLegs);
    for (const leg of paying) members.add(leg.payer);
    for (const leg of receiving) members.add(leg.payee);
  }
  const lists = await each([...members], (m) => api.get<AccountsPage>(`/v1/members/${m}/accounts`, { params: { limit: 200 } }));
  const here = lists.flatMap((l) => l.items).filter((a) => a.bank === bank);
  const opened = await each(here, (a) => openedAccount(key, sealedOf(a)));
  return opened.filter((a) => a !== null);
}

function sealedOf(a: Account): { member: string; account: string; sealed: string; context: string } {
  return { member: a.member, account: a.id, sealed: a.sealed, context: accountContext(a.member, a.id) };
}

/** The runs that are not closed and in which the bank has something. */
export async function openRuns(api: Api, bank: string): Promise<string[]> {
  const runs = await api.all<RunRow>("/v1/runs", { bank }, 1000);
  return runs.filter((r) => r.state !== "closed").map((r) => r.id);
}

/** A form of banks' files and of the accounts that they name by number. */
export async function formOf(files: readonly File[], accounts: readonly DeskAccount[]): Promise<{ bytes: Bytes; type: string }> {
  const texts = await Promise.all(files.filter((f) => !f.name.toLowerCase().endsWith(".zip")).map((f) => f.text()));
  const numbered = byNumber(accounts, texts);
  const form = new FormData();
  if (numbered.length > 0) form.append("accounts", new Blob([JSON.stringify(numbered)], { type: "application/json" }));
  for (const file of files) form.append("files", file, file.name);
  const made = new Response(form); // makes the parts and their boundary
  return { bytes: new Uint8Array(await made.arrayBuffer()), type: made.headers.get("Content-Type") ?? "" };
}

/**
 * Leaves out the accounts that messages name by member and word, as a payment order of another bank did that could not
 * open them: an account has one name in a reading.
 */
export function byNumber(accounts: readonly DeskAccount[], texts: readonly string[]): DeskAccount[] {
  const named = new Set(texts.flatMap((text) => [...text.matchAll(/>\s*([0-9A-Z]{18}\/[^<\s]{1,64})\s*</g)].map((m) => m[1])));
  return accounts.filter((a) => !named.has(`${a.member}/${a.account}`));
}

/** What was refused of a batch, with the place of the item. */
export function refusedOf(result: unknown): (ItemOutcome & { place: number })[] {
  const items = (result as { items?: ItemOutcome[] } | null)?.items ?? [];
  return items.map((item, place) => ({ ...item, place })).filter((item) => item.code !== "OK");
}

/** Does something for each, some at a time, in their order. */
async function each<T, R>(list: readonly T[], act: (item: T) => Promise<R>): Promise<R[]> {
  const done: R[] = [];
  for (let at = 0; at < list.length; at += atOnce) done.push(...(await Promise.all(list.slice(at, at + atOnce).map(act))));
  return done;
}
