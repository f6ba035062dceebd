import { MoneyCollectOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "finance",
  element: lazy(() => import("./Finance")),
  menu: {
    key: "finance",
    icon: <MoneyCollectOutlined />,
    order: 30,
    group: "work",
    phone: true,
    visible: (s) => s.viewer.seesAll || s.is("holder", "debtor", "guarantor", "funder"),
  },
};

export default area;
