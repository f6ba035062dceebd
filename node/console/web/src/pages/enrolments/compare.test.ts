import { describe, expect, it } from "vitest";
import { compareHeard, digitsOf } from "./compare";

describe("the pairing code that was heard", () => {
  it("is compared digit by digit, however it was typed", () => {
    expect(digitsOf(" 1236 54-59 ")).toBe("12365459");
    expect(compareHeard("1236 5459", "12365459")).toBe("same");
    expect(compareHeard("0036 5459", "00365459")).toBe("same");
  });

  it("is not the same when it is short, long, other or no number", () => {
    expect(compareHeard("", "12365459")).toBe("nothing");
    expect(compareHeard("1236", "12365459")).toBe("partial");
    expect(compareHeard("12365458", "12365459")).toBe("other");
    expect(compareHeard("123654590", "12365459")).toBe("other");
    expect(compareHeard("abcdefgh", "12365459")).toBe("other");
    expect(compareHeard("12365459", "")).toBe("nothing");
  });
});
