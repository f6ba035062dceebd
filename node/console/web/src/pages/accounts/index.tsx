import { BankOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "accounts",
  element: lazy(() => import("./Accounts")),
  menu: { key: "accounts", icon: <BankOutlined />, order: 20, group: "own", visible: (s) => s.is("debtor", "holder", "funder", "guarantor") },
};

export default area;
