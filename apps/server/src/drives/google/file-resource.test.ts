import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DriveError } from "../drive.ts";
import { FILE_FIELDS, toDriveFile } from "./file-resource.ts";

const FIELDS = FILE_FIELDS.split(",").map((field) => field.split("/")[0] ?? "");
const word = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom("0", "1", "9007199254740991", "99999999999999999999", "\0", "\ud800", "__proto__", "2020"),
);
const VALID = {
  id: "1abc",
  name: "a.png",
  mimeType: "image/png",
  size: "5",
  md5Checksum: "A".repeat(32),
  parents: ["0folder"],
  appProperties: { key: "value" },
  createdTime: "2020-02-03T04:05:06.789Z",
};
/** A file in which some fields hold anything at all, or text of any kind where text is due. */
const resource = fc
  .record(
    {
      name: word,
      mimeType: word,
      description: word,
      headRevisionId: word,
      resourceKey: word,
      appProperties: fc.dictionary(word, word),
    },
    { requiredKeys: [] },
  )
  .chain((texts) =>
    fc
      .dictionary(fc.constantFrom(...FIELDS), fc.oneof(word, fc.jsonValue()), { maxKeys: 2 })
      .map((odd) => ({ ...VALID, ...texts, ...odd })),
  );

describe("a file as Google describes it", () => {
  it("is refused as not intelligible, or is text and numbers that can be stored and addressed", () => {
    let read = 0;
    fc.assert(
      fc.property(resource, (answer) => {
        try {
          const file = toDriveFile(answer);
          read += 1;
          expect(file.id).toMatch(/^[\w-]{1,200}$/);
          const text = JSON.stringify(file);
          expect(JSON.parse(text)).toEqual(file);
          expect(text).not.toContain("\\u0000");
          expect(text).not.toMatch(/\\ud[89a-f]/);
          expect(file.sizeBytes === null || Number.isSafeInteger(file.sizeBytes)).toBe(true);
        } catch (error) {
          if (!(error instanceof DriveError)) throw error;
          expect(error).toMatchObject({ kind: "try_later", reason: "not_a_file" });
        }
      }),
      { numRuns: 500 },
    );
    expect(read).toBeGreaterThan(0);
  });

  it("has a size only where there are bytes of its own", () => {
    const base = { id: "1", size: "5" };
    const sizeOf = (mimeType: string) => toDriveFile({ ...base, mimeType }).sizeBytes;
    expect(sizeOf("image/png")).toBe(5);
    expect(sizeOf("application/vnd.google-apps.drawing")).toBeNull();
    expect(sizeOf("application/vnd.google-apps.folder")).toBeNull();
  });

  it("has its time in UTC, whatever the offset that it came with", () => {
    const { createdAt } = toDriveFile({ id: "1", createdTime: "2020-02-03T04:05:06+02:00" });
    expect(createdAt).toBe("2020-02-03T02:05:06.000Z");
  });
});
