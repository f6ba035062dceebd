import type { ReactElement } from "react";
import { Route, Routes } from "react-router-dom";
import { NewOrder } from "./NewOrder";
import { Order } from "./Order";
import { Orders } from "./Orders";

/** OrdersArea are the instruments of courts and authorities. */
export default function OrdersArea(): ReactElement {
  return (
    <Routes>
      <Route index element={<Orders />} />
      <Route path="new" element={<NewOrder />} />
      <Route path=":id" element={<Order />} />
    </Routes>
  );
}
