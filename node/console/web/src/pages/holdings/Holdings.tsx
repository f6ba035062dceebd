import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { One } from "./One";
import { List } from "./List";
import { Merge } from "./Merge";
import { Pledge } from "./Pledge";
import { PledgePage } from "./PledgePage";
import { Pledges } from "./Pledges";
import { Split } from "./Split";

/** Holdings are the pages of what a member holds and of pledges on it. */
export default function Holdings(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<List />} />
      <Route path="pledges" element={<Pledges />} />
      <Route path="pledges/:id" element={<PledgePage />} />
      <Route path=":number/:id" element={<One />} />
      <Route path=":number/:id/split" element={<Split />} />
      <Route path=":number/:id/merge" element={<Merge />} />
      <Route path=":number/:id/pledge" element={<Pledge />} />
    </AreaRoutes>
  );
}
