import type { ReactElement } from "react";
import { Route, Routes } from "react-router-dom";
import { List } from "./List";
import { One } from "./One";

/** Alerts are facts on the ledger that somebody should look at. */
export default function Alerts(): ReactElement {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<One />} />
    </Routes>
  );
}
