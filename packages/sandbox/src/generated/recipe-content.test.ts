import { createHash } from "node:crypto";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { generatedContent } from "./generated-content.ts";
import { RecipeContent, SMALLEST_PICTURE_BYTES } from "./recipe-content.ts";
import { smallPicture } from "./small-picture.ts";

const GIBIBYTE = 1024 ** 3;
const MOST_BYTES = 5_000_000;

const recipe = fc.record({
  seed: fc.nat(),
  sizeBytes: fc.oneof(fc.nat({ max: 1000 }), fc.nat({ max: MOST_BYTES })),
  index: fc.nat(),
});

function read(content: RecipeContent, start = 0, end = content.sizeBytes): Buffer {
  return Buffer.concat([...content.read({ start, end })]);
}

/** Where to cut content into stretches that are read one by one. */
function stretches(sizeBytes: number, cuts: readonly number[]): [start: number, end: number][] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * sizeBytes)), sizeBytes].sort((a, b) => a - b);
  return places.slice(1).map((end, index) => [places[index] ?? 0, end]);
}

describe("generated content", () => {
  it("has the bytes that its digests say, in whatever stretches it is read", async () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(recipe, cuts, async (of, places) => {
        const { content, checksums } = await generatedContent(of);
        expect(content.sizeBytes).toBe(of.sizeBytes);
        const hashes = { md5: createHash("md5"), sha1: createHash("sha1"), sha256: createHash("sha256") };
        for (const [start, end] of stretches(of.sizeBytes, places)) {
          const bytes = read(content as RecipeContent, start, end);
          expect(bytes.byteLength).toBe(end - start);
          for (const hash of Object.values(hashes)) hash.update(bytes);
        }
        const found = Object.entries(hashes).map(([name, hash]) => [name, hash.digest("hex")]);
        expect(checksums).toEqual(Object.fromEntries(found));
      }),
      { numRuns: 60 },
    );
  });

  it("gives the bytes of a stretch wherever it is cut out", () => {
    const stretch = fc.tuple(recipe, fc.nat({ max: MOST_BYTES }), fc.nat({ max: MOST_BYTES }));
    fc.assert(
      fc.property(stretch, ([of, one, other]) => {
        const content = new RecipeContent(of);
        const [start, end] = [
          Math.min(one, other, of.sizeBytes),
          Math.min(Math.max(one, other), of.sizeBytes),
        ];
        expect(read(content, start, end).equals(read(content).subarray(start, end))).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it("is read at 40 GiB of 50 GiB without what lies before", () => {
    const content = new RecipeContent({ seed: 1, sizeBytes: 50 * GIBIBYTE, index: 0 });
    const at = 40 * GIBIBYTE + 12_345;
    const long = read(content, at, at + 3_000_000);
    expect(long.byteLength).toBe(3_000_000);
    expect(read(content, at + 1_000_000, at + 1_000_100).equals(long.subarray(1_000_000, 1_000_100))).toBe(
      true,
    );
    expect(read(content, 50 * GIBIBYTE - 4, 50 * GIBIBYTE)).toHaveLength(4);
  });

  it("is the same for the same seed, size and index, and another for another of them", () => {
    const usual = { seed: 1, sizeBytes: 200_000, index: 7 };
    const bytes = read(new RecipeContent(usual));
    expect(read(new RecipeContent(usual)).equals(bytes)).toBe(true);
    const others = [
      { ...usual, seed: 2 },
      { ...usual, index: 8 },
      { ...usual, sizeBytes: 200_001 },
    ];
    for (const other of others) expect(read(new RecipeContent(other)).equals(bytes)).toBe(false);
  });

  it("does not change with the version of the sandbox", async () => {
    const { checksums } = await generatedContent({ sizeBytes: 200_000, seed: 1, index: 0 });
    expect(checksums.md5).toBe("e1ee60134b19f340b011d0b41d2ae95c");
  });

  it("is a picture of the size that it says, from the smallest one on", async () => {
    for (const sizeBytes of [SMALLEST_PICTURE_BYTES, 1000, 200_000, 3_000_000]) {
      const picture = sharp(read(new RecipeContent({ seed: 3, sizeBytes, index: 9 })), { failOn: "warning" });
      const { format, width, height } = await picture.metadata();
      expect({ format, width, height }).toEqual({ format: "jpeg", width: 64, height: 48 });
      expect((await picture.raw().toBuffer()).byteLength).toBe(64 * 48 * 3);
    }
    expect(smallPicture.metadata).toMatchObject({ width: 64, height: 48 });
  });

  it("that is large is digested apart, truly, and asked for again is there at once", async () => {
    const order = { sizeBytes: 40 * 1024 * 1024 + 3, seed: 5, index: 2 };
    const { content, checksums } = await generatedContent(order);
    const sha256 = createHash("sha256");
    for (const piece of content.read({ start: 0, end: content.sizeBytes })) sha256.update(piece);
    expect(checksums.sha256).toBe(sha256.digest("hex"));
    expect((await generatedContent(order)).checksums).toBe(checksums);
  });

  it("is refused with a name where a number is none", async () => {
    await expect(generatedContent({ sizeBytes: -1 })).rejects.toThrow(/^sizeBytes: /);
    await expect(generatedContent({ sizeBytes: 6 * 1024 ** 4 })).rejects.toThrow(/^sizeBytes: /);
    await expect(generatedContent({ sizeBytes: 1, seed: 1.5 })).rejects.toThrow(/^seed: /);
    await expect(generatedContent({ sizeBytes: 1, index: 2 ** 48 })).rejects.toThrow(/^index: /);
  });
});
