import { FileAddOutlined, FileSearchOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const issue: Area = {
  path: "issue",
  element: lazy(() => import("./Issue")),
  menu: { key: "issue", icon: <FileAddOutlined />, order: 40, group: "work", visible: (s) => s.is("debtor") },
};

const evidence: Area = {
  path: "evidence",
  element: lazy(() => import("./Lists")),
  menu: { key: "evidence", icon: <FileSearchOutlined />, order: 50, group: "work", visible: (s) => s.viewer.seesAll || s.is("debtor", "holder", "funder") },
};

export default [issue, evidence];
