import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { NavLink } from "react-router-dom";
import { useSession } from "../../app/session";

/** Sub leads between the pages of the clearing that the viewer has something in. */
export function Sub(): ReactElement {
  const { t } = useTranslation("clearing");
  const s = useSession();
  const ways = [
    { key: "desk", to: "/clearing", shown: true },
    { key: "payments", to: "/clearing/payments", shown: true },
    { key: "messages", to: "/clearing/messages", shown: s.is("funder") },
    { key: "ladder", to: "/clearing/ladder", shown: s.is("debtor") || s.viewer.seesAll },
    { key: "extensions", to: "/clearing/extensions", shown: true },
    { key: "recourse", to: "/clearing/recourse", shown: s.is("funder") },
  ];
  return (
    <nav className="subnav" aria-label={t("title")}>
      {ways
        .filter((w) => w.shown)
        .map((w) => (
          <NavLink key={w.key} to={w.to} end data-testid={`clearing-${w.key}`}>
            {t(`way.${w.key}`)}
          </NavLink>
        ))}
    </nav>
  );
}
