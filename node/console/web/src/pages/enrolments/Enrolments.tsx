import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Enrolment } from "./Enrolment";
import { EnrolmentList, RecoveryList } from "./Lists";
import { Recovery } from "./Recovery";

/** Enrolments are the bank's desk for those who come to the network and those who lost their keys. */
export default function Enrolments(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<EnrolmentList />} />
      <Route path="recoveries" element={<RecoveryList />} />
      <Route path="recoveries/:id" element={<Recovery />} />
      <Route path=":id" element={<Enrolment />} />
    </AreaRoutes>
  );
}
