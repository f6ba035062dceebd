import { useSyncExternalStore } from "react";

const narrow = window.matchMedia("(max-width: 900px)");

function subscribe(changed: () => void): () => void {
  narrow.addEventListener("change", changed);
  return () => narrow.removeEventListener("change", changed);
}

/** useIsPhone reports whether the page is narrow: lists are cards then, and the menu lies at the bottom. */
export function useIsPhone(): boolean {
  return useSyncExternalStore(subscribe, () => narrow.matches);
}
