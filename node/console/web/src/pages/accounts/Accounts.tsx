import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { List } from "./List";
import { Register } from "./Register";

/** Accounts are the bank accounts of the member, to which its certificates are paid. */
export default function Accounts(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path="new" element={<Register />} />
    </AreaRoutes>
  );
}
