import { randomBytes } from "node:crypto";
import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createImageSampler } from "./image-sampler.ts";
import { type InspectedImage, inspectImage } from "./inspect-image.ts";

const EXIF = {
  IFD0: { DateTime: "2024:01:01 00:00:00" },
  IFD2: { DateTimeOriginal: "2023:05:06 10:11:12", OffsetTimeOriginal: "+02:00" },
};
const TAKEN_AT = new Date("2023-05-06T08:11:12Z");

/** A picture of noise, so that its size is known to be large or small whatever the format does. */
function noise(width: number, height: number) {
  const raw = { width, height, channels: 3 as const };
  return sharp(randomBytes(width * height * 3), { raw });
}

function inspect(bytes: Buffer, chunkBytes = 65_536): Promise<InspectedImage | null> {
  const sampler = createImageSampler();
  for (let start = 0; start < bytes.length; start += chunkBytes)
    sampler.take(bytes.subarray(start, start + chunkBytes));
  return inspectImage(sampler.sample());
}

type PhotoFormat = "jpeg" | "png" | "webp" | "avif" | "tiff";

async function photo(format: PhotoFormat, width: number, height: number): Promise<Buffer> {
  const options = format === "avif" ? { effort: 0 } : {};
  return noise(width, height)
    .withMetadata({ orientation: 6, exif: EXIF })
    .toFormat(format, options)
    .toBuffer();
}

const SMALL = { width: 60, height: 40 };
const LARGE = { width: 1800, height: 1200 };

describe("a picture", () => {
  it.each([
    ["jpeg", "image/jpeg", SMALL],
    ["jpeg", "image/jpeg", LARGE],
    ["png", "image/png", SMALL],
    ["png", "image/png", LARGE],
    ["webp", "image/webp", SMALL],
    ["webp", "image/webp", LARGE],
    ["avif", "image/avif", SMALL],
    ["avif", "image/avif", LARGE],
  ] as const)(
    "as %s (%s, %o) is measured as it is to be seen, with the time it was taken",
    async (format, mediaType, size) => {
      const bytes = await photo(format, size.width, size.height);
      if (size === LARGE) expect(bytes.length).toBeGreaterThan(400_000);
      const seen = { mediaType, format, width: size.height, height: size.width };
      expect(await inspect(bytes)).toEqual({ ...seen, takenAt: TAKEN_AT });
    },
  );

  it.each([SMALL, LARGE])(
    "as TIFF of %o, whose directory stands behind its pixels, is measured too",
    async (size) => {
      const bytes = withExif(await photo("tiff", size.width, size.height), "2023:05:06 08:11:12");
      const seen = { mediaType: "image/tiff", format: "tiff", width: size.height, height: size.width };
      expect(await inspect(bytes)).toEqual({ ...seen, takenAt: TAKEN_AT });
    },
  );

  it.each([SMALL, { width: 900, height: 700 }])("as GIF of %o is measured by its screen", async (size) => {
    const bytes = await noise(size.width, size.height).gif({ effort: 1, dither: 0, colours: 64 }).toBuffer();
    expect(await inspect(bytes)).toEqual({ mediaType: "image/gif", format: "gif", ...size, takenAt: null });
  });

  it("without EXIF has no time", async () => {
    const bytes = await noise(20, 10).jpeg().toBuffer();
    expect(await inspect(bytes)).toMatchObject({ width: 20, height: 10, takenAt: null });
  });

  it("of a kind whose structure is not read has no dimensions", async () => {
    const bytes = Buffer.alloc(200);
    bytes.write("BM");
    bytes.writeUInt32LE(200, 2);
    expect(await inspect(bytes)).toEqual({
      mediaType: "image/bmp",
      format: "bmp",
      width: null,
      height: null,
      takenAt: null,
    });
  });

  it("that begins with more metadata than was kept is a picture without dimensions", async () => {
    const jpeg = await noise(900, 900).jpeg().toBuffer();
    const segment = Buffer.alloc(65_537);
    segment.writeUInt16BE(0xffe2);
    segment.writeUInt16BE(65_535, 2);
    const bytes = Buffer.concat([
      jpeg.subarray(0, 2),
      ...Array.from({ length: 8 }, () => segment),
      jpeg.subarray(2),
    ]);
    expect(await inspect(bytes)).toMatchObject({ mediaType: "image/jpeg", width: null, height: null });
  });

  it("that claims more pixels than any memory holds is described like any other", async () => {
    const png = await noise(2, 2).png().toBuffer();
    png.writeUInt32BE(200_000, 16);
    png.writeUInt32BE(200_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    expect(await inspect(png)).toMatchObject({ mediaType: "image/png", width: 200_000, height: 200_000 });
  });
});

describe("what is no picture", () => {
  it.each([
    ["nothing", ""],
    ["a text", "dear diary"],
    ["a page", "<!doctype html><html><body><img src=x onerror=alert(1)></body></html>"],
    ["a drawing that can carry scripts", '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ["such a drawing with a declaration", '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'],
    ["a document", "%PDF-1.7\n1 0 obj"],
    ["the start of a JPEG and no more", "\u00ff\u00d8\u00ff"],
    ["a JPEG's start before a page", "\u00ff\u00d8\u00ff<html><script>alert(1)</script></html>"],
    ["the name of a GIF", "GIF89a"],
    ["the start of a TIFF and no more", "II*\u0000"],
  ])("%s is refused", async (_name, text) => {
    expect(await inspect(Buffer.from(text, "latin1"))).toBeNull();
  });

  it("a picture that was cut off within its structure is refused", async () => {
    for (const format of ["png", "webp", "avif", "tiff"] as const) {
      const bytes = await photo(format, 60, 40);
      expect(await inspect(bytes.subarray(0, 30)), format).toBeNull();
    }
  });
});

describe("any bytes", () => {
  it("are looked at without a fault, however a picture was damaged", async () => {
    const originals = await Promise.all(
      (["jpeg", "png", "webp", "tiff"] as const).map((format) => photo(format, 24, 16)),
    );
    const damage = fc.record({
      original: fc.constantFrom(...originals),
      cut: fc.double({ min: 0, max: 1, noNaN: true }),
      changes: fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 20 }),
    });
    await fc.assert(
      fc.asyncProperty(damage, async ({ original, cut, changes }) => {
        const bytes = Buffer.from(original.subarray(0, Math.ceil(original.length * cut)));
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        const image = await inspect(bytes);
        expect(image === null || image.mediaType.startsWith("image/")).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe("the sampler", () => {
  function expectSample(bytes: Buffer, chunkBytes: number): void {
    const sampler = createImageSampler();
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      sampler.take(bytes.subarray(start, start + chunkBytes));
    }
    const { header, tail, sizeBytes } = sampler.sample();
    expect(sizeBytes).toBe(bytes.length);
    expect(header.equals(bytes.subarray(0, 262_144))).toBe(true);
    expect(tail.equals(bytes.subarray(Math.max(262_144, bytes.length - 131_072)))).toBe(true);
  }

  it("keeps start and end of what streams by, whatever the chunks", () => {
    const sizes = fc.tuple(fc.integer({ min: 0, max: 900_000 }), fc.integer({ min: 500, max: 500_000 }));
    fc.assert(
      fc.property(sizes, ([sizeBytes, chunkBytes]) => {
        expectSample(Buffer.alloc(sizeBytes, "0123456789abcdef-"), chunkBytes);
      }),
      { numRuns: 60 },
    );
  });

  it("takes a file byte by byte", () => {
    expectSample(Buffer.alloc(450_000, "0123456789abcdef-"), 1);
  });
});

/**
 * Rewrites a little-endian TIFF with an EXIF directory that holds DateTimeOriginal (TIFF 6.0, section 2). Its first
 * directory moves to the end, where most programs put it.
 */
function withExif(tiff: Buffer, moment: string): Buffer {
  const directory = tiff.readUInt32LE(4);
  const count = tiff.readUInt16LE(directory);
  const entries = tiff.subarray(directory + 2, directory + 2 + count * 12);
  const text = Buffer.from(`${moment}\u0000`);
  const exifAt = tiff.length + text.length + ((tiff.length + text.length) % 2);
  const exif = Buffer.concat([uint16(1), entry(0x9003, 2, text.length, tiff.length), uint32(0)]);
  const all = Array.from({ length: count }, (_, index) => entries.subarray(index * 12, index * 12 + 12));
  all.push(entry(0x8769, 4, 1, exifAt));
  all.sort((left, right) => left.readUInt16LE(0) - right.readUInt16LE(0));
  const first = Buffer.concat([uint16(all.length), ...all, uint32(0)]);
  const padding = Buffer.alloc(exifAt - tiff.length - text.length);
  const bytes = Buffer.concat([tiff, text, padding, exif, first]);
  bytes.writeUInt32LE(exifAt + exif.length, 4);
  return bytes;
}

function entry(tag: number, type: number, count: number, value: number): Buffer {
  return Buffer.concat([uint16(tag), uint16(type), uint32(count), uint32(value)]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
