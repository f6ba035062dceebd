import { UserAddOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "invitations",
  element: lazy(() => import("./Invitations")),
  menu: { key: "invitations", icon: <UserAddOutlined />, order: 30, group: "own", visible: (s) => !s.is("auditor") },
};

export default area;
