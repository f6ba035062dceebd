import { FileTextOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "statements",
  element: lazy(() => import("./Statements")),
  menu: { key: "statements", icon: <FileTextOutlined />, order: 60, group: "work" },
};

export default area;
