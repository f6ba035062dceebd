import { SafetyCertificateOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import type { Totals } from "../../lib/records";

/** How many certificates the member can accept. */
function useBadge(): number {
  const session = useSession();
  const holds = session.is("holder");
  const { data } = useRead<Totals>(holds ? "/v1/totals" : null, { member: session.member.id });
  return data?.totals?.toAccept.count ?? 0;
}

const area: Area = {
  path: "certificates",
  element: lazy(() => import("./Certificates")),
  menu: {
    key: "certificates", icon: <SafetyCertificateOutlined />, order: 15, group: "work", useBadge,
    visible: (s) => s.viewer.seesAll || s.is("debtor", "holder"),
  },
};

export default area;
