import type { ReactElement } from "react";
import { Route, Routes } from "react-router-dom";
import { List } from "./List";
import { Register } from "./Register";

/** Accounts are the bank accounts of the member, to which its certificates are paid. */
export default function Accounts(): ReactElement {
  return (
    <Routes>
      <Route index element={<List />} />
      <Route path="new" element={<Register />} />
    </Routes>
  );
}
