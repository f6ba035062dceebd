import { HomeOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "home",
  element: lazy(() => import("./Home")),
  menu: { key: "home", icon: <HomeOutlined />, order: 0, group: "work", phone: true },
};

export default area;
