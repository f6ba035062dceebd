import type { ComponentType, ReactNode } from "react";
import type { Session } from "./session";

/** Groups of the side menu, in this order. */
export type MenuGroup = "work" | "bank" | "watch" | "own";

/** Menu entry of an area. Its label is `menu.<key>` in locale/<language>/shell.json. */
export interface AreaMenu {
  key: string;
  icon: ReactNode;
  /** Place within the group, smaller first. */
  order: number;
  group: MenuGroup;
  /** One of the four in the phone's bottom bar. */
  phone?: boolean;
  /** Who sees the entry; everybody who is logged in when left out. */
  visible?: (session: Session) => boolean;
  /** A hook that says how many things wait; 0 shows no badge. */
  useBadge?: () => number;
}

/**
 * Area is a part of the console with own routes below `#/<path>`. It is the
 * default export (or a list of them) of src/pages/<area>/index.tsx, which imports its pages lazily.
 */
export interface Area {
  path: string;
  element: ComponentType;
  /** Shown without login and without the frame. */
  open?: boolean;
  menu?: AreaMenu;
}

const modules = import.meta.glob<{ default: Area | Area[] }>("../pages/*/index.tsx", { eager: true });

/** areas are all parts of the console that exist. */
export const areas: Area[] = Object.keys(modules)
  .sort()
  .flatMap((name) => {
    const found = modules[name]?.default;
    return found === undefined ? [] : found;
  });

/** areaAt is the path of the area that shows an address: the longest that fits. */
export function areaAt(pathname: string): string {
  const fits = areas.map((a) => a.path).filter((path) => pathname === `/${path}` || pathname.startsWith(`/${path}/`));
  return fits.sort((a, b) => b.length - a.length)[0] ?? "";
}

/** entriesOf are the menu entries that a session sees, in order. */
export function entriesOf(session: Session, group: MenuGroup): Area[] {
  return areas
    .filter((a) => a.menu?.group === group && (a.menu.visible?.(session) ?? true))
    .sort((a, b) => (a.menu?.order ?? 0) - (b.menu?.order ?? 0));
}

/** groups is the order of groups in the menu. */
export const groups: MenuGroup[] = ["work", "bank", "watch", "own"];
