import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { List } from "./List";
import { One } from "./One";

/** Alerts are facts on the ledger that somebody should look at. */
export default function Alerts(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path=":id" element={<One />} />
    </AreaRoutes>
  );
}
