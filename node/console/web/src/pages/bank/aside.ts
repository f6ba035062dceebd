/** Requests that a person does not want to quote for: they lapse by themselves, and the list need not show them. */

const nameOf = (kid: string): string => `tierledger.aside.${kid.slice(0, 16)}`;
const most = 500;

/** asideOf lists the requests that a person put aside in this browser. */
export function asideOf(kid: string): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(nameOf(kid)) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}

/** putAside puts a request aside, or takes it back into the list. */
export function putAside(kid: string, id: string, on: boolean): void {
  const others = asideOf(kid).filter((known) => known !== id);
  localStorage.setItem(nameOf(kid), JSON.stringify((on ? [...others, id] : others).slice(-most)));
}
