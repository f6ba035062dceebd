import type { ReactElement } from "react";
import { Route } from "react-router-dom";
import { AreaRoutes } from "../../app/AreaRoutes";
import { Accounts } from "./Accounts";
import { Portfolio } from "./Portfolio";
import { Rates } from "./Rates";
import { Request } from "./Request";
import { Requests } from "./Requests";
import { Review } from "./Review";
import { Stops } from "./Stops";
import { Work } from "./Work";

/** Bank is a bank's financing desk. */
export default function Bank(): ReactElement {
  return (
    <AreaRoutes>
      <Route index element={<Requests />} />
      <Route path="requests/:id" element={<Request />} />
      <Route path="work" element={<Work />} />
      <Route path="financings" element={<Portfolio />} />
      <Route path="rates" element={<Rates />} />
      <Route path="review" element={<Review />} />
      <Route path="accounts" element={<Accounts />} />
      <Route path="stops" element={<Stops />} />
    </AreaRoutes>
  );
}
