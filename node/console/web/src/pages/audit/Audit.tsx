import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Company } from "./Company";
import { Decisions } from "./Decisions";
import { Invariants } from "./Invariants";
import { Overview } from "./Overview";
import { Transaction } from "./Transaction";

/** Audit are the pages of those who look and do not act: companies, exposures, what was decided and why, and what the ledger proves. */
export default function Audit(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Overview />} />
      <Route path="companies/:id" element={<Company />} />
      <Route path="decisions" element={<Decisions />} />
      <Route path="decisions/:number" element={<Decisions />} />
      <Route path="invariants" element={<Invariants />} />
      <Route path="transactions/:id" element={<Transaction />} />
    </AreaRoutes>
  );
}
