import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Exposures } from "./Exposures";
import { Limits } from "./Limits";
import { Lines } from "./Lines";

/** LinesArea are credit lines, limits, and what debtors owe and may owe the bank. */
export default function LinesArea(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Lines />} />
      <Route path="limits" element={<Limits />} />
      <Route path="exposure" element={<Exposures />} />
    </AreaRoutes>
  );
}
