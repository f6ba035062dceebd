import { SolutionOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import type { EnrolmentRow, Page, RecoveryRow } from "../../lib/records";

/** How many enrolments and recoveries wait for the bank. */
function useBadge(): number {
  const session = useSession();
  const own = session.viewer.ownNode && session.is("funder");
  const enrolments = useRead<Page<EnrolmentRow>>(own ? "/v1/enrolments" : null, { state: "waiting", limit: 100 });
  const recoveries = useRead<Page<RecoveryRow>>(own ? "/v1/recoveries" : null, { state: "waiting", limit: 100 });
  return (enrolments.data?.items.length ?? 0) + (recoveries.data?.items.length ?? 0);
}

const area: Area = {
  path: "enrolments",
  element: lazy(() => import("./Enrolments")),
  menu: { key: "enrolments", icon: <SolutionOutlined />, order: 40, group: "bank", useBadge, visible: (s) => s.is("funder") && s.viewer.ownNode },
};

export default area;
