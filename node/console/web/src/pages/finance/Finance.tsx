import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Discounts } from "./Discounts";
import { List } from "./List";
import { New } from "./New";
import { One } from "./One";
import { Settlement } from "./Settlement";
import { Settlements } from "./Settlements";

/** Finance are the pages on which fen become cash: requests, quotes, early payment, and the payments themselves. */
export default function Finance(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path="new" element={<New />} />
      <Route path="discounts" element={<Discounts />} />
      <Route path="settlements" element={<Settlements />} />
      <Route path="settlements/:id" element={<Settlement />} />
      <Route path=":id" element={<One />} />
    </AreaRoutes>
  );
}
