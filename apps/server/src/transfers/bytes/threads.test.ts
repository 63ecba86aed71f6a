import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { googleClient } from "../../testing/google-client.ts";
import { type ByteWorld, startByteWorld } from "../../testing/start-byte-world.ts";
import { testLog } from "../../testing/test-log.ts";
import { testPictures } from "../../testing/test-pictures.ts";
import { createThreadedByteMover, isDamagedBlob } from "./index.ts";

const DYING = new URL("../../testing/dying-byte-thread.ts", import.meta.url);
const NEVER = new AbortController().signal;

let world: ByteWorld;
let directory: string;
let task: Parameters<ByteWorld["mover"]["receive"]>[0];

beforeAll(async () => {
  world = await startByteWorld({ threads: 2 });
  directory = await mkdtemp(join(tmpdir(), "driveway-threads-"));
  const [picture = Buffer.alloc(0)] = await testPictures({ count: 1, sizeBytes: 300_000 });
  task = {
    access: world.access,
    file: await world.addFile(picture),
    exportAs: null,
    blobKey: "ten_1/0/img_1_1",
    maxFileBytes: 1_000_000,
    idleMs: 20_000,
    onProgress: () => {},
  };
});
afterAll(async () => {
  await world.stop();
  await rm(directory, { recursive: true, force: true });
});

function dyingMover(marker?: string) {
  const google = googleClient(world.sandbox);
  const workerData = { google, blobDirectory: world.blobDirectory, marker };
  return createThreadedByteMover({ entry: DYING, workerData, threads: 1, log: testLog() });
}

describe("a thread that is lost", () => {
  it("is replaced, and its task begins again", async () => {
    const mover = dyingMover(join(directory, "died once"));
    expect(await mover.receive(task, NEVER)).toMatchObject({ kind: "received" });
    await mover.stop();
  });

  it("again and again takes its task along, as a fault of ours and not of the file", async () => {
    const mover = dyingMover();
    const fault = await mover.receive(task, NEVER).catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "Error", message: "a task lost its thread again and again" });
    await mover.stop();
  });
});

describe("threads", () => {
  it("share many tasks, and each comes to its own end", async () => {
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        world.mover.receive({ ...task, blobKey: `ten_1/0/img_${index}_2` }, NEVER),
      ),
    );
    expect(answers.map(({ kind }) => kind)).toEqual(answers.map(() => "received"));
  });

  it("send a blob as it lies in the store", async () => {
    const id = world.sandbox.drive.reserveIds(world.sandbox.accounts[0]?.sub ?? "", 1)[0] ?? "";
    await world.mover.receive({ ...task, blobKey: "ten_1/0/img_9_9" }, NEVER);
    const upload = {
      id,
      name: "sent.jpg",
      mimeType: "image/jpeg",
      parentId: null,
      sizeBytes: 300_000,
      properties: {},
      description: null,
      createdAt: new Date("2020-01-02T03:04:05Z"),
    };
    const { access, onProgress } = task;
    const blob = { blobKey: "ten_1/0/img_9_9", sha256: task.file.sha256 ?? "" };
    const sent = await world.mover.send({ ...blob, access, upload, onProgress }, NEVER);
    expect(sent).toMatchObject({ id, sha256: task.file.sha256, createdAt: "2020-01-02T03:04:05.000Z" });
  });

  it("say of a blob whose bytes are others that it is damaged, and make no file of it", async () => {
    const id = world.sandbox.drive.reserveIds(world.sandbox.accounts[0]?.sub ?? "", 1)[0] ?? "";
    const blob = { blobKey: "ten_1/0/img_10_9", sha256: "00".repeat(32) };
    await world.mover.receive({ ...task, blobKey: blob.blobKey }, NEVER);
    const upload = {
      id,
      name: "damaged.jpg",
      mimeType: "image/jpeg",
      parentId: null,
      sizeBytes: 300_000,
      properties: {},
      description: null,
      createdAt: null,
    };
    const { access, onProgress } = task;
    const fault = await world.mover
      .send({ ...blob, access, upload, onProgress }, NEVER)
      .catch((error: unknown) => error);
    expect(isDamagedBlob(fault)).toBe(true);
    expect(world.sandbox.drive.get(id)).toBeUndefined();
  });

  it("say of a blob that is not there what the store says of it", async () => {
    const upload = {
      id: "an_id",
      name: "x",
      mimeType: "image/jpeg",
      parentId: null,
      sizeBytes: 1,
      properties: {},
      description: null,
      createdAt: null,
    };
    const { access, onProgress } = task;
    const blob = { blobKey: "ten_1/0/none", sha256: "" };
    const sent = world.mover.send({ ...blob, access, upload, onProgress }, NEVER);
    await expect(sent).rejects.toMatchObject({ name: "DrivewayError", code: "storage_unavailable" });
  });

  it("take nothing any more after they were stopped, and end what they had", async () => {
    const stopped = await startByteWorld({ threads: 1 });
    const [picture = Buffer.alloc(0)] = await testPictures({ count: 1, sizeBytes: 300_000 });
    const file = await stopped.addFile(picture);
    stopped.sandbox.faults.add({ route: "files.get.media", fault: { kind: "stall", afterBytes: 1000 } });
    const { access } = stopped;
    const received = stopped.mover.receive({ ...task, access, file }, NEVER);
    const ending = expect(received).rejects.toThrow("the process stops");
    await stopped.sandbox.requests.waitFor({ kind: "files.get.media" });
    await stopped.mover.stop();
    await ending;
    await expect(stopped.mover.receive({ ...task, access, file }, NEVER)).rejects.toThrow(
      "the process stops",
    );
    await stopped.stop();
  });
});
