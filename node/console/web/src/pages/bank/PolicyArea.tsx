import type { ReactElement } from "react";
import { Route, Routes } from "react-router-dom";
import { Decision, Decisions } from "./Decisions";
import { Policy } from "./Policy";

/** PolicyArea is the bank's own policy for requests: its versions, and what it decided. */
export default function PolicyArea(): ReactElement {
  return (
    <Routes>
      <Route index element={<Policy />} />
      <Route path="decisions" element={<Decisions />} />
      <Route path="decisions/:number" element={<Decision />} />
    </Routes>
  );
}
