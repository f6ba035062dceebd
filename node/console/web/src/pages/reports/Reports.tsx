import type { ReactElement } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, Navigate, Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { useSession } from "../../app/session";
import { Page } from "../../parts/Page";
import { Daily } from "./Daily";
import { Financings } from "./Financings";
import { Legs } from "./Legs";
import { NoPooling } from "./NoPooling";
import { Overdue } from "./Overdue";

const reports = { daily: Daily, financings: Financings, legs: Legs, overdue: Overdue, "no-pooling": NoPooling };
type Name = keyof typeof reports;

/** Reports are derived from the ledger alone: the same on every node. */
export default function Reports(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Navigate to="/reports/daily" replace />} />
      {(Object.keys(reports) as Name[]).map((name) => (
        <Route key={name} path={name} element={<Report name={name} />} />
      ))}
    </AreaRoutes>
  );
}

function Report({ name }: { name: Name }): ReactElement {
  const { t } = useTranslation("reports");
  const { seesAll } = useSession().viewer;
  const Body = reports[name];
  return (
    <Page title={t(`name.${name}`)} sub={t(`about.${name}`)} crumbs={[{ title: t("title") }]} testId={`report-${name}`}>
      <nav className="subnav" aria-label={t("title")}>
        {(Object.keys(reports) as Name[])
          .filter((n) => seesAll || n !== "no-pooling")
          .map((n) => (
            <NavLink key={n} to={`/reports/${n}`} end data-testid={`to-report-${n}`}>
              {t(`name.${n}`)}
            </NavLink>
          ))}
      </nav>
      <Body />
    </Page>
  );
}
