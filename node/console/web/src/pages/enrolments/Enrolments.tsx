import type { ReactElement } from "react";
import { Route, Routes } from "react-router-dom";
import { Enrolment } from "./Enrolment";
import { EnrolmentList, RecoveryList } from "./Lists";
import { Recovery } from "./Recovery";

/** Enrolments are the bank's desk for those who come to the network and those who lost their keys. */
export default function Enrolments(): ReactElement {
  return (
    <Routes>
      <Route index element={<EnrolmentList />} />
      <Route path="recoveries" element={<RecoveryList />} />
      <Route path="recoveries/:id" element={<Recovery />} />
      <Route path=":id" element={<Enrolment />} />
    </Routes>
  );
}
