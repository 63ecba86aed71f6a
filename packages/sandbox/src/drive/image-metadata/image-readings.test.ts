import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seedLibrary } from "../../seed/index.ts";
import { sandboxAccounts } from "../../accounts/accounts.ts";
import { collect, type FileContent } from "../content.ts";
import type { DriveFile } from "../file.ts";
import { DriveStore } from "../store/drive-store.ts";
import { startTestDrive, type TestDrive } from "../testing/start-test-drive.ts";
import { ImageReadings } from "./image-readings.ts";
import { readExif } from "./read-exif.ts";

let drive: TestDrive;
let picture: Buffer;

beforeAll(async () => {
  drive = await startTestDrive();
  const canvas = { create: { width: 40, height: 30, channels: 3, background: "red" } } as const;
  const exif = { IFD0: { Make: "Maker", Model: "M 1" }, IFD2: { DateTimeOriginal: "2024:05:06 07:08:09" } };
  picture = await sharp(canvas).jpeg().withExif(exif).withMetadata({ orientation: 6 }).toBuffer();
});
afterAll(() => drive.close());

const ALL = "imageMediaMetadata";

function add(content: Uint8Array, more: object = {}): DriveFile {
  return drive.store.addFile("101", { name: "a.jpg", mimeType: "image/jpeg", content, ...more });
}

async function metadataOf(id: string): Promise<unknown> {
  return (await drive.json(`/drive/v3/files/${id}?fields=${ALL}`)).body[ALL];
}

describe("the metadata of an uploaded picture", () => {
  it("are its stored size, its turns, and the time and camera of its EXIF", async () => {
    expect(await metadataOf(add(picture).id)).toEqual({
      width: 40,
      height: 30,
      rotation: 1,
      cameraMake: "Maker",
      cameraModel: "M 1",
      time: "2024:05:06 07:08:09",
    });
  });

  it("are in listings too", async () => {
    const folder = drive.store.addFolder("101", { name: "f" });
    add(picture, { parentId: folder.id });
    const q = encodeURIComponent(`'${folder.id}' in parents`);
    const { body } = await drive.json(`/drive/v3/files?q=${q}&fields=files/${ALL}/width`);
    expect(body.files).toEqual([{ [ALL]: { width: 40 } }]);
  });

  it("are missing for what is no picture", async () => {
    expect(await metadataOf(add(Buffer.from("no picture")).id)).toBeUndefined();
    expect(await metadataOf(add(new Uint8Array()).id)).toBeUndefined();
    expect(await metadataOf(add(picture, { mimeType: "text/plain" }).id)).toBeUndefined();
  });

  it("are missing for bytes that go away while a listing reads them, and are read later when they are there", async () => {
    let areThere = false;
    const content: FileContent = {
      sizeBytes: picture.byteLength,
      *read({ start, end }) {
        if (!areThere) throw new Error("ENOENT: no such file or directory");
        yield picture.subarray(start, end);
      },
    };
    const folder = drive.store.addFolder("101", { name: "f" });
    const { checksums } = collect(picture);
    const input = { name: "a.jpg", mimeType: "image/jpeg", parentId: folder.id };
    drive.store.addFile("101", { ...input, content: { content, checksums } });
    drive.store.addFile("101", { ...input, content: picture });
    const q = encodeURIComponent(`'${folder.id}' in parents`);
    const list = () => drive.json(`/drive/v3/files?q=${q}&fields=files(${ALL}/width)&orderBy=createdTime`);
    const known = { [ALL]: { width: 40 } };
    const first = await list();
    expect([first.status, first.body.files]).toEqual([200, expect.arrayContaining([{}, known])]);
    areThere = true;
    expect((await list()).body.files).toEqual([known, known]);
  });

  it("are filled some time after the upload when a delay is set", async () => {
    drive.settings.change({ drive: { imageMetadataDelayMs: 60_000 } });
    const { id } = add(picture);
    expect(await metadataOf(id)).toBeUndefined();
    drive.advance(60_000);
    expect(await metadataOf(id)).toMatchObject({ width: 40 });
    drive.settings.change({ drive: { imageMetadataDelayMs: 0 } });
  });

  it("are those of the new bytes after new ones came", async () => {
    const { id } = add(picture);
    await metadataOf(id);
    drive.store.update(id, {
      content: await sharp(picture).resize(20, 10, { fit: "fill" }).png().toBuffer(),
    });
    expect(await metadataOf(id)).toMatchObject({ width: 20, height: 10 });
  });

  it("agree with what the pictures of the library were made with", async () => {
    const store = new DriveStore({ now: Date.now, seed: 1 });
    for (const account of sandboxAccounts) store.addAccount(account);
    await seedLibrary({ store, accounts: sandboxAccounts, library: "small", seed: 1 });
    const made = sandboxAccounts
      .flatMap(({ sub }) => store.listAll(sub))
      .filter((file) => file.imageMediaMetadata);
    const files = made.map((file) => ({ ...file, imageMediaMetadata: null }));
    const readings = new ImageReadings();
    await readings.read(files, { addedBeforeMs: 0 });
    expect(files.length).toBeGreaterThan(30);
    for (const [index, file] of files.entries()) {
      const { location, exposureTime, ...rest } = made[index]?.imageMediaMetadata ?? {};
      const read = readings.of(file);
      expect(read).toMatchObject(rest);
      if (exposureTime !== undefined) expect(read?.exposureTime).toBeCloseTo(exposureTime, 6);
      if (location === undefined) expect(read?.location).toBeUndefined();
      else expect(read?.location?.latitude).toBeCloseTo(location.latitude ?? Number.NaN, 3);
      if (location !== undefined)
        expect(read?.location?.longitude).toBeCloseTo(location.longitude ?? Number.NaN, 3);
    }
  });
});

describe("an EXIF block", () => {
  it("never makes a reader fail, whatever is in it", () => {
    const header = fc.constantFrom("", "Exif\0\0", "Exif\0\0II*\0\b\0\0\0", "Exif\0\0MM\0*\0\0\0\b");
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 200 }), (start, rest) => {
        expect(typeof readExif(Buffer.concat([Buffer.from(start, "latin1"), rest]))).toBe("object");
      }),
    );
  });
});
