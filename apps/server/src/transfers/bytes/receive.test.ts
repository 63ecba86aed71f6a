import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DriveFile } from "../../drives/index.ts";
import { type ByteWorld, startByteWorld } from "../../testing/start-byte-world.ts";
import { testPictures } from "../../testing/test-pictures.ts";

/** More than all buffers on the way hold, so that a break in the middle finds a part of it arrived. */
const SIZE_BYTES = 6_000_000;
const HALF = SIZE_BYTES / 2;
const MEDIA = "files.get.media";
const NEVER = new AbortController().signal;

let world: ByteWorld;
let picture: Buffer;
let file: DriveFile;
let keys = 0;

beforeAll(async () => {
  world = await startByteWorld({ threads: 1 });
  [picture = Buffer.alloc(0)] = await testPictures({ count: 1, sizeBytes: SIZE_BYTES });
  picture.fill(7, 100_000, 300_000);
  file = await world.addFile(picture);
});
afterEach(() => {
  world.sandbox.reset();
});
afterAll(() => world.stop());

async function receive(
  more: Partial<Parameters<ByteWorld["mover"]["receive"]>[0]> = {},
  signal: AbortSignal = NEVER,
) {
  keys += 1;
  const blobKey = `ten_1/0/img_${keys}_1`;
  const before = (await world.stored()).committed.length;
  const answer = await world.mover.receive(
    {
      access: world.access,
      file,
      exportAs: null,
      blobKey,
      maxFileBytes: 10 * SIZE_BYTES,
      idleMs: 400,
      onProgress: () => {},
      ...more,
    },
    signal,
  );
  const { staged, committed } = await world.stored();
  expect(staged).toEqual([]);
  expect(committed.length - before).toBe(answer.kind === "received" ? 1 : 0);
  return { answer, blobKey };
}

/** Receives the picture and compares every byte; tells what the Drive had to send for it. */
async function receiveWhole(more: Parameters<typeof receive>[0] = {}) {
  const { answer, blobKey } = await receive(more);
  expect(answer).toMatchObject({ kind: "received", blob: { sizeBytes: SIZE_BYTES, sha256: file.sha256 } });
  expect((await buffer(await world.blobs.read(blobKey))).equals(picture)).toBe(true);
  return world.sandbox.requests.find({ kind: MEDIA });
}

describe("a file", () => {
  it("is received, hashed and described in another thread", async () => {
    const { answer } = await receive();
    const sha256 = createHash("sha256").update(picture).digest("hex");
    expect(answer).toEqual({
      kind: "received",
      blob: {
        sizeBytes: SIZE_BYTES,
        sha256,
        md5: null,
        mediaType: "image/jpeg",
        format: "jpeg",
        width: 40,
        height: 30,
        takenAt: null,
      },
    });
  });

  it("of which the Drive names MD5 alone is compared by that", async () => {
    const old = await world.addFile(picture, { omitSha: true });
    const { answer } = await receive({ file: old });
    expect(answer).toMatchObject({ kind: "received", blob: { md5: old.md5 } });
    world.sandbox.faults.add({ route: MEDIA, fault: { kind: "flipByte", atByte: HALF } });
    expect((await receive({ file: old })).answer).toEqual({ kind: "refused", reason: "not_intact" });
  });

  it("that turns out larger than it may be is left on the way", async () => {
    const { answer } = await receive({ file: { ...file, sizeBytes: null }, maxFileBytes: HALF });
    expect(answer).toEqual({ kind: "refused", reason: "too_large" });
  });

  it("that is no picture leaves nothing", async () => {
    const text = await world.addFile(Buffer.from("hello, this is text"));
    expect((await receive({ file: text })).answer).toEqual({ kind: "refused", reason: "not_an_image" });
  });

  it("tells how far it is when it takes its time", async () => {
    world.sandbox.faults.add({ route: MEDIA, fault: { kind: "slow", bytesPerSecond: HALF } });
    const told: number[] = [];
    await receiveWhole({ onProgress: (bytes) => told.push(bytes) });
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual([...told].sort((left, right) => left - right));
    expect(told.every((bytes) => bytes > 0 && bytes <= SIZE_BYTES)).toBe(true);
  });
});

describe("a connection", () => {
  it.each([
    { kind: "reset", afterBytes: HALF },
    { kind: "stall", afterBytes: HALF },
    { kind: "truncate", afterBytes: HALF },
  ] as const)("that ends in the middle ($kind) is followed by one for the rest", async (fault) => {
    world.sandbox.faults.add({ route: MEDIA, attempt: 1, fault });
    const [, rest, ...more] = await receiveWhole();
    expect(more).toEqual([]);
    expect(rest?.status).toBe(206);
    expect(rest?.bytesOut).toBeLessThan(SIZE_BYTES);
  });

  it("may break as often as it likes while each one brings something", async () => {
    world.sandbox.faults.add({
      route: MEDIA,
      attempt: { to: 7 },
      fault: { kind: "truncate", afterBytes: 700_000 },
    });
    const requests = await receiveWhole();
    expect(requests).toHaveLength(8);
  });

  it("that brings nothing more fails the file after five of them", async () => {
    world.sandbox.faults.add({ route: MEDIA, attempt: 1, fault: { kind: "truncate", afterBytes: HALF } });
    world.sandbox.faults.add({ route: MEDIA, fault: { kind: "stall", afterBytes: 0 } });
    await expect(receive()).rejects.toMatchObject({ name: "DriveError", kind: "try_later" });
    expect(world.sandbox.requests.count(MEDIA)).toBe(5);
    expect((await world.stored()).staged).toEqual([]);
  });

  it("begins anew where no checksum can tell that the parts belong together", async () => {
    world.sandbox.faults.add({ route: MEDIA, attempt: 1, fault: { kind: "truncate", afterBytes: HALF } });
    await receive({ file: { ...file, sha256: null, md5: null } });
    const [, again] = world.sandbox.requests.find({ kind: MEDIA });
    expect(again).toMatchObject({ status: 200, bytesOut: SIZE_BYTES });
  });
});

describe("bytes that are not the ones the Drive named", () => {
  it.each([
    { kind: "flipByte", atByte: HALF },
    { kind: "wrongLength", byBytes: -1000 },
  ] as const)("leave nothing behind ($kind)", async (fault) => {
    world.sandbox.faults.add({ route: MEDIA, fault });
    expect((await receive()).answer).toEqual({ kind: "refused", reason: "not_intact" });
  });

  it.each([{ kind: "wrongLength", byBytes: 1000 }, { kind: "wrongLength" }] as const)(
    "are told from a wrong or missing Content-Length by the checksum (%o)",
    async (fault) => {
      world.sandbox.faults.add({ route: MEDIA, attempt: 1, fault });
      // What is in the buffers when such a connection ends is lost, and asked for again.
      expect((await receiveWhole()).length).toBeLessThanOrEqual(2);
    },
  );

  it("are not a page that came in their place", async () => {
    world.sandbox.faults.add({ route: MEDIA, attempt: 1, fault: { kind: "html" } });
    expect(await receiveWhole()).toHaveLength(2);
  });
});

describe("an abort", () => {
  it("ends the connection and leaves nothing staged", async () => {
    world.sandbox.faults.add({ route: MEDIA, fault: { kind: "stall", afterBytes: HALF } });
    const stop = new AbortController();
    const reason = new Error("enough");
    const received = receive({ idleMs: 60_000 }, stop.signal);
    await expect.poll(async () => (await world.stored()).staged).toHaveLength(1);
    stop.abort(reason);
    await expect(received).rejects.toBe(reason);
    expect(await world.stored()).toMatchObject({ staged: [] });
    await expect
      .poll(() => world.sandbox.requests.find({ kind: MEDIA }).map(({ outcome }) => outcome))
      .toEqual(["cut"]);
  });

  it("before the beginning asks the Drive for nothing", async () => {
    await expect(receive({}, AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    expect(world.sandbox.requests.count(MEDIA)).toBe(0);
  });
});

describe("the tokens of an account", () => {
  it("are asked for in the main thread", async () => {
    const before = world.lent.count;
    await receive();
    expect(world.lent.count - before).toBe(1);
  });

  it("that the Drive refuses are renewed there, and given up there", async () => {
    const asked: string[] = [];
    const bad = { accessToken: "refused-token", version: 3 };
    const credential = {
      current: async () => bad,
      renew: async (refused: { version: number }) => {
        asked.push(`renew ${refused.version}`);
        return { ...bad, version: 4 };
      },
      giveUp: async () => {
        asked.push("give up");
      },
    };
    const fault = await receive({ access: { ...world.access, credential } }).catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: "DriveError", kind: "sign_in_again", reason: "token_refused" });
    expect(asked).toEqual(["renew 3", "renew 3", "give up"]);
    expect(JSON.stringify(fault)).not.toContain("refused-token");
    expect(fault instanceof Error ? fault.stack : "").not.toContain("refused-token");
  });
});
