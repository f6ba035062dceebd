import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { List } from "./List";
import { New } from "./New";
import { One } from "./One";

/** Transfers are the pages of payments with certificates: inbox, outbox, one transfer, and a new one. */
export default function Transfers(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path="new" element={<New />} />
      <Route path=":id" element={<One />} />
    </AreaRoutes>
  );
}
