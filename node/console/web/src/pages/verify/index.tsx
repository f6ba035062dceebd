import { lazy } from "react";
import type { Area } from "../../app/areas";

const area: Area = { path: "verify", open: true, element: lazy(() => import("./Verify")) };

export default area;
