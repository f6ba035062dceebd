import { lazy } from "react";
import type { Area } from "../../app/areas";

const areas: Area[] = [
  { path: "join", open: true, element: lazy(() => import("./Join")) },
  { path: "recover", open: true, element: lazy(() => import("./Recover")) },
];

export default areas;
