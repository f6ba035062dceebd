import { AuditOutlined, BankOutlined, ControlOutlined, FundOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import type { FinancingRow, Page } from "../../lib/records";

/** How many requests the bank may quote for. */
function useBadge(): number {
  const session = useSession();
  const { data } = useRead<Page<FinancingRow>>(session.is("funder") ? "/v1/financings" : null, { state: "requested", limit: 200 });
  return data?.items.length ?? 0;
}

const areas: Area[] = [
  {
    path: "bank",
    element: lazy(() => import("./Bank")),
    menu: { key: "bank", icon: <BankOutlined />, order: 10, group: "bank", phone: true, useBadge, visible: (s) => s.is("funder") },
  },
  {
    path: "bank/lines",
    element: lazy(() => import("./LinesArea")),
    menu: { key: "lines", icon: <FundOutlined />, order: 20, group: "bank", visible: (s) => s.is("funder") },
  },
  {
    path: "bank/policy",
    element: lazy(() => import("./PolicyArea")),
    menu: { key: "policy", icon: <ControlOutlined />, order: 30, group: "bank", visible: (s) => s.is("funder") && s.viewer.ownNode },
  },
  {
    path: "bank/orders",
    element: lazy(() => import("./OrdersArea")),
    menu: { key: "orders", icon: <AuditOutlined />, order: 60, group: "bank", visible: (s) => s.is("funder") || s.viewer.institution || s.viewer.seesAll },
  },
];

export default areas;
