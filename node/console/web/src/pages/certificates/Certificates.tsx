import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { AskConfirmation } from "./AskConfirmation";
import { Certificate } from "./Certificate";
import { Confirmation } from "./Confirmation";
import { Confirmations } from "./Confirmations";
import { List } from "./List";

/** Certificates are the pages of certificates and of requests to confirm debts. */
export default function Certificates(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path="confirmations" element={<Confirmations />} />
      <Route path="confirmations/new" element={<AskConfirmation />} />
      <Route path="confirmations/:id" element={<Confirmation />} />
      <Route path=":number" element={<Certificate />} />
    </AreaRoutes>
  );
}
