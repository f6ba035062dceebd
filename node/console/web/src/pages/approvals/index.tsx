import { AuditOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";
import { usePages } from "../../app/query";
import { useSession } from "../../app/session";
import type { Proposal } from "../../lib/records";
import { standing } from "./turn";

/** How many proposals wait for this person. */
function useBadge(): number {
  const session = useSession();
  const open = usePages<Proposal>("/v1/proposals", { state: "open", member: session.member.id }, 100);
  return open.items.filter((p) => standing(p, session).turn === "mine").length;
}

const area: Area = {
  path: "approvals",
  element: lazy(() => import("./Approvals")),
  menu: { key: "approvals", icon: <AuditOutlined />, order: 5, group: "work", phone: true, useBadge },
};

export default area;
