import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decideRange } from "./byte-range.ts";

const part = (startByte: number, endByte: number) => ({ kind: "part", range: { startByte, endByte } });

describe("a Range header", () => {
  it.each([
    ["bytes=0-0", part(0, 0)],
    ["bytes=2-5", part(2, 5)],
    ["bytes=5-", part(5, 99)],
    ["bytes=-10", part(90, 99)],
    ["bytes=-1000", part(0, 99)],
    ["bytes=90-1000", part(90, 99)],
    ["BYTES=1-2", part(1, 2)],
  ])("%s is a part", (header, expected) => {
    expect(decideRange(header, 100)).toEqual(expected);
  });

  it.each([
    undefined,
    "",
    "bytes=",
    "bytes=-",
    "bytes=5-2",
    "bytes=0-1,3-4",
    "items=0-1",
    "bytes=a-b",
    "bytes=1.5-2",
  ])("%s asks for everything", (header) => {
    expect(decideRange(header, 100)).toEqual({ kind: "whole" });
  });

  it.each(["bytes=100-", "bytes=100-200", "bytes=-0", `bytes=${"9".repeat(400)}-`])(
    "%s cannot be satisfied",
    (header) => {
      expect(decideRange(header, 100)).toEqual({ kind: "unsatisfiable" });
    },
  );

  it("never asks for a byte that is not there", () => {
    const bound = fc.option(fc.nat(300), { nil: null });
    fc.assert(
      fc.property(bound, bound, fc.nat(200), (first, last, sizeBytes) => {
        const decision = decideRange(`bytes=${first ?? ""}-${last ?? ""}`, sizeBytes);
        if (decision.kind !== "part") return;
        const { startByte, endByte } = decision.range;
        expect(startByte >= 0 && startByte <= endByte && endByte < sizeBytes).toBe(true);
      }),
    );
  });
});
