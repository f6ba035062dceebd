import { CloudUploadOutlined } from "@ant-design/icons";
import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = {
  path: "batch",
  element: lazy(() => import("./Batch")),
  menu: { key: "batch", icon: <CloudUploadOutlined />, order: 45, group: "work", visible: (s) => s.is("debtor") },
};

export default area;
