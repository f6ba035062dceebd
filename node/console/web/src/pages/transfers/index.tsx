import { SwapOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import type { Totals } from "../../lib/records";

/** How many transfers wait for the member's acceptance. */
function useBadge(): number {
  const session = useSession();
  const { data } = useRead<Totals>(session.is("holder") ? "/v1/totals" : null, { member: session.member.id });
  return data?.totals?.offersToIt.count ?? 0;
}

const area: Area = {
  path: "transfers",
  element: lazy(() => import("./Transfers")),
  menu: {
    key: "transfers", icon: <SwapOutlined />, order: 20, group: "work", phone: true, useBadge, visible: (s) => s.viewer.seesAll || s.is("holder"),
  },
};

export default area;
