import fc from "fast-check";
import { expect, it } from "vitest";
import { isSmall } from "./is-small.ts";

const MIB = 1024 * 1024;
const limits = { syncMaxFiles: 5, syncMaxBytes: 32 * MIB };
const sizes = fc.array(fc.record({ sizeBytes: fc.option(fc.integer({ min: 0, max: 40 * MIB })) }), {
  maxLength: 8,
});

it("counts files and bytes, and eight MiB for a size that nobody told", () => {
  const unknown = { sizeBytes: null };
  expect(isSmall([{ sizeBytes: 32 * MIB }], limits)).toBe(true);
  expect(isSmall([{ sizeBytes: 32 * MIB + 1 }], limits)).toBe(false);
  expect(isSmall(Array(4).fill(unknown), limits)).toBe(true);
  expect(isSmall(Array(5).fill(unknown), limits)).toBe(false);
  expect(isSmall(Array(5).fill({ sizeBytes: 1 }), limits)).toBe(true);
  expect(isSmall(Array(6).fill({ sizeBytes: 1 }), limits)).toBe(false);
});

it("is never small again with one more file when it was large", () => {
  fc.assert(
    fc.property(sizes, fc.integer({ min: 0, max: MIB }), (files, sizeBytes) => {
      fc.pre(!isSmall(files, limits));
      expect(isSmall([...files, { sizeBytes }], limits)).toBe(false);
    }),
  );
});
