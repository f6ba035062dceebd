import { describe, expect, it } from "vitest";
import { monthsBack } from "./months";

describe("months of statements", () => {
  it("go back over the turn of the year to the first", () => {
    expect(monthsBack("2027-02-25", "2026-11-30T09:00:00.000+08:00")).toEqual(["2027-02", "2027-01", "2026-12", "2026-11"]);
  });

  it("are the present one at least, and not without end", () => {
    expect(monthsBack("2027-02-01", "2027-02-25")).toEqual(["2027-02"]);
    expect(monthsBack("2027-02-01", "1999-01-01")).toHaveLength(60);
    expect(monthsBack("2027-02-01", "2027-03-01")).toEqual([]);
  });
});
