import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router-dom";

const ways = {
  desk: ["/bank", "/bank/work", "/bank/financings", "/bank/rates", "/bank/review", "/bank/accounts", "/bank/stops"],
  lines: ["/bank/lines", "/bank/lines/limits", "/bank/lines/exposure"],
  policy: ["/bank/policy", "/bank/policy/decisions"],
} as const;

/** Sub leads between the pages of one part of the bank's desk. */
export function Sub({ of }: { of: keyof typeof ways }): ReactElement {
  const { t } = useTranslation("bank");
  return (
    <nav className="subnav" aria-label={t(`sub.${of}`)}>
      {ways[of].map((to) => {
        const key = to.slice(1).split("/").join("-");
        return (
          <NavLink key={to} to={to} end data-testid={`sub-${key}`}>
            {t(`way.${key}`)}
          </NavLink>
        );
      })}
    </nav>
  );
}
