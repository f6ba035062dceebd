import { BarChartOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "reports",
  element: lazy(() => import("./Reports")),
  menu: {
    key: "reports",
    icon: <BarChartOutlined />,
    order: 20,
    group: "watch",
    visible: (s) => s.viewer.seesAll || s.is("debtor", "holder", "funder", "guarantor"),
  },
};

export default area;
