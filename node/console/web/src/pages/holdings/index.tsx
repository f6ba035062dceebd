import { WalletOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "holdings",
  element: lazy(() => import("./Holdings")),
  menu: { key: "holdings", icon: <WalletOutlined />, order: 10, group: "work", phone: true, visible: (s) => s.is("holder", "funder") },
};

export default area;
