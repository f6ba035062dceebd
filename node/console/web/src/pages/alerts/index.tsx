import { AlertOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import type { Alert, Page } from "../../lib/records";

/** How many alerts are open, for those whose work it is to look at them. */
function useBadge(): number {
  const { viewer } = useSession();
  const { data } = useRead<Page<Alert>>(viewer.seesAll ? "/v1/alerts" : null, { state: "open", limit: 100 });
  return data?.items.length ?? 0;
}

const area: Area = {
  path: "audit/alerts",
  element: lazy(() => import("./Alerts")),
  menu: { key: "alerts", icon: <AlertOutlined />, order: 30, group: "watch", useBadge },
};

export default area;
