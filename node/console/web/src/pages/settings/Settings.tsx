import type { ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { NavLink, Navigate, Route, useLocation } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Page } from "../../parts/Page";
import { General } from "./General";
import { Keys } from "./Keys";
import { Messages } from "./Messages";
import { Notifications } from "./Notifications";
import { NewWebhook } from "./NewWebhook";
import { WebhookPage } from "./WebhookPage";
import { Webhooks } from "./Webhooks";

const ways = ["", "notifications", "messages", "webhooks", "keys"] as const;

/** Settings are what people set for themselves and for their member at this node. */
export default function Settings(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<General />} />
      <Route path="notifications" element={<Notifications />} />
      <Route path="messages" element={<Messages />} />
      <Route path="webhooks" element={<Webhooks />} />
      <Route path="webhooks/new" element={<NewWebhook />} />
      <Route path="webhooks/:id" element={<WebhookPage />} />
      <Route path="keys" element={<Keys />} />
      <Route path="invitations" element={<Elsewhere to="/invitations/new" />} />
      <Route path="accounts" element={<Elsewhere to="/accounts" />} />
    </AreaRoutes>
  );
}

/** Elsewhere leads to the page that a setting moved to, with what the link says. */
function Elsewhere({ to }: { to: string }): ReactElement {
  const { search } = useLocation();
  return <Navigate to={to + search} replace />;
}

/** Frame is around each page of the settings. */
export function Frame({ of, actions, children }: { of: (typeof ways)[number]; actions?: ReactNode; children: ReactNode }): ReactElement {
  const { t } = useTranslation("settings");
  const key = of === "" ? "general" : of;
  return (
    <Page title={t(`way.${key}`)} sub={t(`sub.${key}`)} actions={actions} testId={`settings-${key}`}>
      <nav className="subnav" aria-label={t("title")}>
        {ways.map((w) => (
          <NavLink key={w} to={w === "" ? "/settings" : `/settings/${w}`} end={w === ""} data-testid={`sub-${w === "" ? "general" : w}`}>
            {t(`way.${w === "" ? "general" : w}`)}
          </NavLink>
        ))}
      </nav>
      {children}
    </Page>
  );
}
