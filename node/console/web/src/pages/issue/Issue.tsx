import type { ReactElement } from "react";
import { Navigate, Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Contract } from "./Contract";
import { Delivery } from "./Delivery";
import { Invoice } from "./Invoice";
import { New } from "./New";
import { NewContract } from "./NewContract";
import { NewDelivery } from "./NewDelivery";
import { NewInvoice } from "./NewInvoice";

/** Issue are the form to issue a certificate and the pages of what it rests on. */
export default function Issue(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<New />} />
      <Route path="invoices" element={<Navigate to="/evidence?of=invoices" replace />} />
      <Route path="contracts" element={<Navigate to="/evidence?of=contracts" replace />} />
      <Route path="deliveries" element={<Navigate to="/evidence?of=deliveries" replace />} />
      <Route path="invoices/new" element={<NewInvoice />} />
      <Route path="contracts/new" element={<NewContract />} />
      <Route path="deliveries/new" element={<NewDelivery />} />
      <Route path="invoices/:id" element={<Invoice />} />
      <Route path="contracts/:id" element={<Contract />} />
      <Route path="deliveries/:id" element={<Delivery />} />
    </AreaRoutes>
  );
}
