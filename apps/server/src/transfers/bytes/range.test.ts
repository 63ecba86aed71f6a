import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ByteWorld, startByteWorld } from "../../testing/start-byte-world.ts";
import { testPictures } from "../../testing/test-pictures.ts";

/** More than all buffers on the way hold, so that a break in the middle finds a part of it arrived. */
const SIZE_BYTES = 6_000_000;
const HALF = SIZE_BYTES / 2;
const MEDIA = "files.get.media";

let world: ByteWorld;
let picture: Buffer;

beforeAll(async () => {
  world = await startByteWorld({ threads: 1, isProxied: true });
  [picture = Buffer.alloc(0)] = await testPictures({ count: 1, sizeBytes: SIZE_BYTES });
});
afterEach(() => {
  world.sandbox.reset();
  world.decide(() => ({ kind: "pass" }));
});
afterAll(() => world.stop());

async function receive(file: Awaited<ReturnType<ByteWorld["addFile"]>>, blobKey: string) {
  const { access } = world;
  const bounds = { maxFileBytes: 10 * SIZE_BYTES, idleMs: 500, exportAs: null, onProgress: () => {} };
  const signal = new AbortController().signal;
  return world.mover.receive({ access, file, blobKey, ...bounds }, signal);
}

describe("the rest of a file", () => {
  it.each([
    { status: 200, named: "ignored" },
    { status: 416, named: "refused" },
  ])("is asked for, and the whole file when that is $named", async ({ status }) => {
    world.sandbox.faults.add({ route: MEDIA, attempt: 1, fault: { kind: "truncate", afterBytes: HALF } });
    let ranges = 0;
    world.decide(({ headers }) => {
      if (headers.range === undefined) return { kind: "pass" };
      ranges += 1;
      return { kind: "answer", status, body: "{}" };
    });
    const file = await world.addFile(picture);
    expect(await receive(file, `ten_1/0/img_${status}_1`)).toMatchObject({
      kind: "received",
      blob: { sha256: file.sha256 },
    });
    expect(ranges).toBe(1);
    expect(world.sandbox.requests.find({ kind: MEDIA }).map((request) => request.status)).toEqual([200, 200]);
  });

  it("is not taken when the file has another size by now", async () => {
    const changing = await world.addFile(picture);
    world.sandbox.faults.add({ route: MEDIA, attempt: 1, fault: { kind: "truncate", afterBytes: HALF } });
    world.decide(({ headers }) => {
      if (headers.range !== undefined) {
        world.sandbox.drive.update(changing.id, { content: Buffer.concat([picture, picture]) });
      }
      return { kind: "pass" };
    });
    expect(await receive(changing, "ten_1/0/img_1_1")).toEqual({ kind: "refused", reason: "not_intact" });
    expect(await world.stored()).toMatchObject({ staged: [] });
    expect(world.sandbox.requests.count(MEDIA)).toBe(2);
  });
});
