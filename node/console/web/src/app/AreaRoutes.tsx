import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Route, Routes } from "react-router-dom";
import { EmptyState, LinkButton, Page } from "../parts/Page";

/** AreaRoutes are the pages of an area, each a Route; an address that is none of theirs is said not to exist. */
export function AreaRoutes({ children }: { children: ReactNode }): ReactElement {
  return (
    <Routes>
      {children}
      <Route path="*" element={<NotFound />} />
    </Routes>
  );
}

/** NotFound says that there is no such page. */
export function NotFound(): ReactElement {
  const { t } = useTranslation();
  return (
    <Page title={t("notFound.title")} testId="not-found">
      <div className="panel">
        <EmptyState
          title={t("notFound.title")}
          hint={t("notFound.hint")}
          action={<LinkButton to="/">{t("notFound.home")}</LinkButton>}
        />
      </div>
    </Page>
  );
}
