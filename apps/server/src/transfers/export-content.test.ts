import { randomBytes } from "node:crypto";
import { rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { images } from "../db/index.ts";
import type { Drive, Upload } from "../drives/index.ts";
import { type ExportWorld, startExportWorld } from "../testing/start-export-world.ts";
import { testPictures } from "../testing/test-pictures.ts";

const MIB = 1024 * 1024;

let world: ExportWorld;
let folderId: string;
/** Uploads whose bytes change on their way. */
let spoiled = 0;
/** What the Drive leaves out of its answers. */
let hidesSha256 = false;
/** What happens just before the Drive is asked. */
let before: { about?: () => Promise<void>; reserveIds?: () => Promise<void> } = {};

/** Stands between the transfers and the Drive. */
const around = (drive: Drive): Drive => ({
  ...drive,
  async about(signal) {
    await before.about?.();
    return drive.about(signal);
  },
  async reserveIds(count, signal) {
    await before.reserveIds?.();
    return drive.reserveIds(count, signal);
  },
  async upload(wanted, signal) {
    const file = await drive.upload(spoiled > 0 ? spoil(wanted) : wanted, signal);
    return hidesSha256 ? { ...file, sha256: null } : file;
  },
});

function spoil(wanted: Upload): Upload {
  spoiled -= 1;
  return {
    ...wanted,
    async open(fromByte) {
      const spoiling = async function* (source: Readable): AsyncGenerator<Buffer> {
        for await (const part of source as AsyncIterable<Buffer>) {
          yield Buffer.from(part.map((byte, index) => (index === 0 ? byte ^ 1 : byte)));
        }
      };
      return Readable.from(spoiling(await wanted.open(fromByte)), { objectMode: false });
    },
  };
}

beforeAll(async () => {
  world = await startExportWorld({ aroundDrive: around, threads: 0 });
});
beforeEach(() => {
  folderId = world.addFolder("Target");
});
afterEach(() => {
  spoiled = 0;
  hidesSha256 = false;
  before = {};
  world.sandbox.faults.clear();
});
afterAll(() => world.stop());

async function blobPath(imageId: string): Promise<string> {
  const [row] = await world.process.db.select().from(images).where(eq(images.id, imageId));
  return join(world.blobDirectory, "objects", `${row?.blobKey}.blob`);
}

describe("bytes that arrive wrong", () => {
  it.each([1_000, 6 * MIB])(
    "are sent again as a new revision of the same file of %i bytes",
    async (sizeBytes) => {
      const content = randomBytes(sizeBytes);
      const imageIds = await world.put([content]);
      spoiled = 2;
      expect(await world.run(imageIds, { folderId })).toMatchObject({ status: "completed" });
      const files = world.filesIn(folderId);
      expect(files).toHaveLength(1);
      expect(world.bytesOf(files[0]?.id ?? "").equals(content)).toBe(true);
    },
  );

  it("fail the file after three tries, by its name, and no other file", async () => {
    const imageIds = await world.put(await testPictures({ count: 1 }));
    spoiled = 3;
    const job = await world.run(imageIds, { folderId });
    expect(job).toMatchObject({ status: "failed", errorCode: null, counters: { failed: 1 } });
    expect(await world.items(job.id)).toMatchObject([
      {
        state: "failed",
        errorCode: "checksum_mismatch",
        errorMessage: expect.stringContaining('"image 0.jpg"'),
      },
    ]);
    expect(world.filesIn(folderId)).toHaveLength(1);
    spoiled = 0;
    await world.process.transfers.retryJob({ principal: world.principal, jobId: job.id });
    expect(await world.end(job.id)).toMatchObject({ status: "completed" });
    expect(world.filesIn(folderId)).toHaveLength(1);
  });

  it.each([0, 1])(
    "are known by MD5 where the Drive names nothing better (%i uploads wrong)",
    async (wrong) => {
      const content = randomBytes(2_000);
      const imageIds = await world.put([content]);
      hidesSha256 = true;
      spoiled = wrong;
      const mark = world.sandbox.requests.mark();
      expect(await world.run(imageIds, { folderId })).toMatchObject({ status: "completed" });
      expect(world.sandbox.requests.find({ since: mark, kind: "upload.*" })).toHaveLength(1 + wrong);
      expect(world.bytesOf(world.filesIn(folderId)[0]?.id ?? "").equals(content)).toBe(true);
    },
  );
});

describe("a blob", () => {
  const spoilers = {
    "has another byte": async (path: string, content: Buffer) => {
      const other = Buffer.from(content);
      other.writeUInt8(other.readUInt8(10) ^ 1, 10);
      await writeFile(path, other);
    },
    "is shorter": (path: string) => truncate(path, 900),
    "is longer": (path: string, content: Buffer) =>
      writeFile(path, Buffer.concat([Buffer.from("x"), content])),
  };

  it.each(
    Object.entries(spoilers).flatMap(([what, spoilBlob]) =>
      [1_000, 12 * MIB].map((sizeBytes) => ({ what, spoilBlob, sizeBytes })),
    ),
  )(
    "of $sizeBytes bytes that $what makes no file, and holds up no other",
    async ({ spoilBlob, sizeBytes }) => {
      const content = randomBytes(sizeBytes);
      const imageIds = await world.put([content, randomBytes(500)]);
      await spoilBlob(await blobPath(imageIds[0] ?? ""), content);
      const job = await world.run(imageIds, { folderId });
      expect(job).toMatchObject({ status: "completed_with_errors", counters: { done: 1, failed: 1 } });
      expect((await world.items(job.id))[0]).toMatchObject({ state: "failed", errorCode: "image_damaged" });
      expect(world.filesIn(folderId).map(({ name }) => name)).toEqual(["image 1.jpg"]);
    },
  );

  it("that is missing fails its image alone", async () => {
    const imageIds = await world.put([randomBytes(600), randomBytes(500)]);
    await rm(await blobPath(imageIds[0] ?? ""));
    const job = await world.run(imageIds, { folderId });
    expect(job).toMatchObject({ counters: { done: 1, failed: 1 } });
    expect((await world.items(job.id))[0]).toMatchObject({ errorCode: "storage_unavailable" });
  });
});

describe("an image that is deleted meanwhile", () => {
  it("fails as image_not_found, before its job begins or in the middle of it", async () => {
    const imageIds = await world.put([randomBytes(500), randomBytes(500), randomBytes(500)]);
    const [early = "", late = ""] = imageIds;
    const remove = async (imageId: string) => {
      await rm(await blobPath(imageId));
      await world.process.db.delete(images).where(eq(images.id, imageId));
    };
    before = { about: () => remove(early), reserveIds: () => remove(late) };
    const jobId = await world.start(imageIds, { folderId });
    expect(await world.end(jobId)).toMatchObject({ counters: { done: 1, failed: 2 } });
    expect((await world.items(jobId)).map((item) => item.errorCode)).toEqual([
      "image_not_found",
      "image_not_found",
      null,
    ]);
  });
});

it("says of a file what the library knows of the image", async () => {
  const takenAt = new Date("2019-05-06T07:08:09.123Z");
  const facts = { title: "Summer", description: "On the beach.", tags: ["sea", "Düne"], takenAt };
  const imageIds = await world.put([randomBytes(500)], { ...facts, filename: "a/b\n.jpg" });
  const job = await world.run(imageIds, { folderId });
  const [file] = world.filesIn(folderId);
  expect(file).toMatchObject({ name: "a/b.jpg", description: "Summer\n\nOn the beach." });
  expect(new Date(file?.createdTimeMs ?? 0)).toEqual(takenAt);
  expect(file?.appProperties[world.sandbox.clientId]).toEqual({
    driveway_image: imageIds[0],
    driveway_job: job.id,
    driveway_title: "Summer",
    driveway_tag_1: "sea",
    driveway_tag_2: "Düne",
  });
});
