import { ClusterOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "network",
  element: lazy(() => import("./Network")),
  menu: { key: "network", icon: <ClusterOutlined />, order: 40, group: "watch" },
};

export default area;
