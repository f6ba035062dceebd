import { SettingOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "settings",
  element: lazy(() => import("./Settings")),
  menu: { key: "settings", icon: <SettingOutlined />, order: 90, group: "own" },
};

export default area;
