import { CalculatorOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";
import { useRead } from "../../app/query";
import { useSession } from "../../app/session";
import type { ClearingWork, Page } from "../../lib/records";

/** How many things of the clearing are the member's turn. */
function useBadge(): number {
  const { member } = useSession();
  const { data } = useRead<Page<ClearingWork>>("/v1/clearing/worklist", { turn: member.id, limit: 100 });
  return data?.items.length ?? 0;
}

const area: Area = {
  path: "clearing",
  element: lazy(() => import("./Clearing")),
  menu: {
    key: "clearing",
    icon: <CalculatorOutlined />,
    order: 70,
    group: "work",
    useBadge,
    visible: (s) => s.viewer.seesAll || s.is("holder", "debtor", "funder", "guarantor"),
  },
};

export default area;
