import { ApartmentOutlined, TeamOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const areas: Area[] = [
  {
    path: "members",
    element: lazy(() => import("./Members")),
    menu: { key: "members", icon: <ApartmentOutlined />, order: 50, group: "bank", visible: (s) => s.viewer.seesAll },
  },
  {
    path: "people",
    element: lazy(() => import("./People")),
    menu: { key: "people", icon: <TeamOutlined />, order: 10, group: "own" },
  },
];

export default areas;
