import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { List } from "./List";
import { One } from "./One";

/** Approvals are what waits for a second person, and what became of it. */
export default function Approvals(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path=":id" element={<One />} />
    </AreaRoutes>
  );
}
