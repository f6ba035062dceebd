import { Skeleton, Spin } from "antd";
import { type ReactElement, Suspense } from "react";
import { useTranslation } from "react-i18next";
import { Navigate, Outlet, Route, Routes, useLocation } from "react-router-dom";
import { NotFound } from "./AreaRoutes";
import { areas, entriesOf, groups } from "./areas";
import { Boundary } from "./Boundary";
import { Frame } from "./Frame";
import { Outbox } from "./Outbox";
import { useAccess, useSession } from "./session";

/** ConsoleRoutes is the table of all pages: those of the areas, and what belongs to no area. */
export function ConsoleRoutes(): ReactElement {
  return (
    <Routes>
      {areas
        .filter((a) => a.open)
        .map((a) => (
          <Route key={a.path} path={`/${a.path}/*`} element={<Guarded page={<a.element />} />} />
        ))}
      <Route element={<LoggedIn />}>
        <Route element={<Frame />}>
          <Route element={<Guarded page={<Outlet />} />}>
            <Route index element={<Start />} />
            <Route path="/outbox" element={<Outbox />} />
            {areas
              .filter((a) => !a.open)
              .map((a) => (
                <Route key={a.path} path={`/${a.path}/*`} element={<a.element />} />
              ))}
            <Route path="*" element={<NotFound />} />
          </Route>
        </Route>
      </Route>
    </Routes>
  );
}

/** Guarded shows faults of a page, and that its code or texts are on the way. Another address is another page: what was typed for one record is not there for the next. */
function Guarded({ page }: { page: ReactElement }): ReactElement {
  const { pathname } = useLocation();
  return (
    <Boundary on={pathname}>
      <Suspense key={pathname} fallback={<Skeleton active paragraph={{ rows: 8 }} />}>{page}</Suspense>
    </Boundary>
  );
}

/** LoggedIn leads to the login whoever has none, and back afterwards. */
function LoggedIn(): ReactElement {
  const { state, session } = useAccess();
  const { t } = useTranslation();
  const { pathname, search } = useLocation();
  if (session) return <Outlet />;
  if (state === "starting" || state === "opening") {
    return (
      <div className="empty" role="status">
        <Spin />
        <p>{t("page.loading")}</p>
      </div>
    );
  }
  const back = pathname === "/" ? "" : `?to=${encodeURIComponent(pathname + search)}`;
  return <Navigate to={`/login${back}`} replace />;
}

/** Start leads to the first area of the menu. */
function Start(): ReactElement {
  const session = useSession();
  const first = groups.flatMap((g) => entriesOf(session, g))[0];
  return first ? <Navigate to={`/${first.path}`} replace /> : <NotFound />;
}
