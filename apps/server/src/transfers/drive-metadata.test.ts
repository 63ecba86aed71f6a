import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { driveMetadata } from "./drive-metadata.ts";

const image = {
  id: "img_1",
  filename: "a.jpg",
  mediaType: "image/jpeg",
  title: null,
  description: null,
  tags: [],
};
const nameOf = (filename: string, mediaType = "image/jpeg") =>
  driveMetadata({ ...image, filename, mediaType }, "job_1").name;

describe("driveMetadata", () => {
  it.each([
    ["a/b\\c.jpg", "a/b\\c.jpg"],
    ["../../etc/passwd", "../../etc/passwd"],
    ["a\u0000b\r\n.jpg", "ab.jpg"],
    ["photo\u202egpj.exe", "photogpj.exe"],
    ["  spaced.jpg ", "spaced.jpg"],
    ["👨‍👩‍👧 Ünï.jpg", "👨‍👩‍👧 Ünï.jpg"],
    [`${"ü".repeat(300)}.jpeg`, `${"ü".repeat(250)}.jpeg`],
    [`a.${"x".repeat(300)}`, `a.${"x".repeat(253)}`],
    ["lone \ud800.jpg", "lone \ufffd.jpg"],
  ])("names %j as %j", (filename, name) => {
    expect(nameOf(filename)).toBe(name);
  });

  it.each([
    ["", "image/jpeg", "img_1.jpeg"],
    [" \u202e\n", "image/svg+xml", "img_1.svg"],
  ])("gives a name to an image whose name is %j", (filename, mediaType, name) => {
    expect(nameOf(filename, mediaType)).toBe(name);
  });

  it("keeps every name within its length and every extension at its end", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 600 }), (stem) => {
        const name = nameOf(`${stem}.heic`);
        expect(name.endsWith(".heic")).toBe(true);
        expect(Array.from(name).length).toBeLessThanOrEqual(255);
      }),
    );
  });

  it.each([
    [null, null, null],
    ["Title", null, "Title"],
    [null, "Words", "Words"],
    ["Title", "Words", "Title\n\nWords"],
    ["Same", "Same", "Same"],
    ["", "Words", "Words"],
  ])("describes the title %j and the description %j as %j", (title, description, expected) => {
    expect(driveMetadata({ ...image, title, description }, "job_1").description).toBe(expected);
  });

  it("writes image, job, title and tags as properties", () => {
    const tags = ["sea", "Düne"];
    expect(driveMetadata({ ...image, title: "T", tags }, "job_1").properties).toEqual({
      driveway_image: "img_1",
      driveway_job: "job_1",
      driveway_title: "T",
      driveway_tag_1: "sea",
      driveway_tag_2: "Düne",
    });
  });

  it("keeps within what properties hold, and cuts no character in two", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 200 });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 60 }), (title, tags) => {
        const entries = Object.entries(driveMetadata({ ...image, title, tags }, "job_1").properties);
        expect(entries.length).toBeLessThanOrEqual(30);
        for (const [key, value] of entries) {
          expect(Buffer.byteLength(key + value)).toBeLessThanOrEqual(124);
          expect(value.isWellFormed()).toBe(true);
        }
      }),
    );
  });
});
