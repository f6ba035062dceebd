import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Invitation } from "./Invitation";
import { RequestKey } from "./RequestKey";

/** Join are the pages for those who have no key on the network yet. */
export default function Join(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Invitation />} />
      <Route path="key" element={<RequestKey />} />
    </AreaRoutes>
  );
}
