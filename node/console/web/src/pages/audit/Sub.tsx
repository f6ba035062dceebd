import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router-dom";

const ways = [
  { key: "overview", to: "/audit" },
  { key: "decisions", to: "/audit/decisions" },
  { key: "invariants", to: "/audit/invariants" },
] as const;

/** Sub leads between the pages of the audit. */
export function Sub(): ReactElement {
  const { t } = useTranslation("audit");
  return (
    <nav className="subnav" aria-label={t("title")}>
      {ways.map((w) => (
        <NavLink key={w.key} to={w.to} end data-testid={`audit-${w.key}`}>
          {t(`way.${w.key}`)}
        </NavLink>
      ))}
    </nav>
  );
}
