import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { NewOrder } from "./NewOrder";
import { Order } from "./Order";
import { Orders } from "./Orders";

/** OrdersArea are the instruments of courts and authorities. */
export default function OrdersArea(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Orders />} />
      <Route path="new" element={<NewOrder />} />
      <Route path=":id" element={<Order />} />
    </AreaRoutes>
  );
}
