import type { ReactElement } from "react";
import { Route, Routes } from "react-router-dom";
import { List } from "./List";
import { One } from "./One";

/** Approvals are what waits for a second person, and what became of it. */
export default function Approvals(): ReactElement {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path=":id" element={<One />} />
    </Routes>
  );
}
