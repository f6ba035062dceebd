import { describe, expect, it } from "vitest";
import { sumsAgree } from "./sums";

const flow = (amount: string): { count: number; amount: string } => ({ count: 1, amount });

describe("sumsAgree", () => {
  it("asks that every fen is open or was paid", () => {
    expect(sumsAgree({ certificates: flow("100.00"), open: flow("60.00"), redeemed: flow("40.00") }).agree).toBe(true);
    expect(sumsAgree({ certificates: flow("100.00"), open: flow("60.00"), redeemed: flow("39.99") }).agree).toBe(false);
    expect(sumsAgree({ certificates: flow("0.00"), open: flow("0.00"), redeemed: flow("0.00") }).agree).toBe(true);
  });
});
