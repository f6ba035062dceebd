import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Desk } from "./Desk";
import { Extension } from "./Extension";
import { Extensions } from "./Extensions";
import { LadderPage } from "./LadderPage";
import { Leg } from "./Leg";
import { Messages } from "./Messages";
import { NewExtension } from "./NewExtension";
import { NewWaiver } from "./NewWaiver";
import { Payments } from "./Payments";
import { Recourse } from "./Recourse";
import { Run } from "./Run";

/** Clearing are the pages of the payment date: what is due, funds, legs, banks' messages, and what follows when it is not paid. */
export default function Clearing(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Desk />} />
      <Route path="payments" element={<Payments />} />
      <Route path="messages" element={<Messages />} />
      <Route path="ladder" element={<LadderPage />} />
      <Route path="recourse" element={<Recourse />} />
      <Route path="extensions" element={<Extensions />} />
      <Route path="extensions/new" element={<NewExtension />} />
      <Route path="extensions/waive" element={<NewWaiver />} />
      <Route path="extensions/:id" element={<Extension />} />
      <Route path="legs/:id" element={<Leg />} />
      <Route path=":id" element={<Run />} />
    </AreaRoutes>
  );
}
