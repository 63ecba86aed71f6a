import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DriveFile } from "../drives/index.ts";
import { classifyImportFile } from "./classify-import-file.ts";

const PARAMS = { maxFileBytes: 1000, exportAs: { "application/x-drawing": "image/png" } };
const PICTURE: DriveFile = {
  id: "1",
  name: "a.jpg",
  mimeType: "image/jpeg",
  kind: "blob",
  sizeBytes: 10,
  sha256: null,
  md5: null,
  revision: null,
  trashed: false,
  canDownload: true,
  description: null,
  parents: [],
  driveId: null,
  resourceKey: null,
  shortcut: null,
  properties: {},
  createdAt: null,
};

const decide = (file: Partial<DriveFile>) => {
  const decision = classifyImportFile({ ...PICTURE, ...file }, PARAMS);
  return decision.kind === "fetch" ? (decision.exportAs ?? "fetch") : decision.error.code;
};

describe("a file's metadata decides", () => {
  it.each([
    [{}, "fetch"],
    [{ mimeType: "IMAGE/HEIC" }, "fetch"],
    [{ mimeType: "application/octet-stream" }, "fetch"],
    [{ sizeBytes: null }, "fetch"],
    [{ sizeBytes: 1000 }, "fetch"],
    [{ sizeBytes: 1001 }, "too_large"],
    [{ sizeBytes: 0 }, "not_an_image"],
    [{ mimeType: "text/html" }, "not_an_image"],
    [{ mimeType: "video/mp4" }, "not_an_image"],
    [{ kind: "folder" }, "is_folder"],
    [{ kind: "shortcut" }, "is_shortcut"],
    [{ trashed: true }, "trashed"],
    [{ canDownload: false }, "no_permission"],
    [{ kind: "native", mimeType: "application/x-drawing", sizeBytes: null }, "image/png"],
    [{ kind: "native", mimeType: "application/x-drawing", canDownload: false }, "no_permission"],
    [{ kind: "native", mimeType: "application/x-text" }, "not_an_image"],
    [{ kind: "native", mimeType: "constructor" }, "not_an_image"],
  ] as const)("%o is %s", (file, expected) => {
    expect(decide(file)).toBe(expected);
  });

  it("never fetches what is no file, trashed, too large or not to be downloaded", () => {
    const files = fc.record({
      kind: fc.constantFrom("blob", "folder", "native", "shortcut"),
      mimeType: fc.constantFrom(
        "image/png",
        "application/x-drawing",
        "text/plain",
        "application/octet-stream",
      ),
      sizeBytes: fc.option(fc.integer({ min: 0, max: 3000 })),
      trashed: fc.boolean(),
      canDownload: fc.boolean(),
    });
    fc.assert(
      fc.property(files, (file) => {
        const decision = classifyImportFile({ ...PICTURE, ...file }, PARAMS);
        if (decision.kind === "refuse") return;
        expect(file).toMatchObject({ trashed: false, canDownload: true });
        expect(["blob", "native"]).toContain(file.kind);
        if (file.kind === "blob") expect(file.sizeBytes ?? 1).toBeLessThanOrEqual(1000);
        expect(decision.exportAs === null).toBe(file.kind === "blob");
      }),
    );
  });
});
