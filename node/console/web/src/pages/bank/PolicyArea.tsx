import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Decision, Decisions } from "./Decisions";
import { Policy } from "./Policy";

/** PolicyArea is the bank's own policy for requests: its versions, and what it decided. */
export default function PolicyArea(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Policy />} />
      <Route path="decisions" element={<Decisions />} />
      <Route path="decisions/:number" element={<Decision />} />
    </AreaRoutes>
  );
}
