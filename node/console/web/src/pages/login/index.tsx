import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = { path: "login", open: true, element: lazy(() => import("./Login")) };

export default area;
