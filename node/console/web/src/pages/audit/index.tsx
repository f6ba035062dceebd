import { SearchOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const areas: Area[] = [
  {
    path: "audit",
    element: lazy(() => import("./Audit")),
    menu: { key: "audit", icon: <SearchOutlined />, order: 10, group: "watch", visible: (s) => s.viewer.seesAll },
  },
];

export default areas;
