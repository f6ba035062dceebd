import { ProfileOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "rules",
  element: lazy(() => import("./Rules")),
  menu: { key: "rules", icon: <ProfileOutlined />, order: 50, group: "watch" },
};

export default area;
