import { randomBytes } from "node:crypto";
import { buffer } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { BlobStore } from "./blob-store.ts";

/** A store to try, and how to clear it away. */
export interface StoreUnderTest {
  readonly store: BlobStore;
  dispose(): Promise<void>;
}

/** The promises of {@link BlobStore}, tried on an implementation. */
export function describeBlobStore(name: string, create: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a blob store`, () => {
    let tried: StoreUnderTest;
    beforeEach(async () => {
      tried = await create();
    });
    afterEach(() => tried.dispose());

    itKeepsBlobs(() => tried.store);
    itShowsOnlyWholeBlobs(() => tried.store);
    itListsBlobs(() => tried.store);
    itRefusesForeignKeys(() => tried.store);
  });
}

async function write(store: BlobStore, key: string, bytes: Buffer): Promise<void> {
  const staged = await store.stage(key);
  await pipeline(Readable.from([bytes]), staged.stream);
  await staged.commit();
}

async function read(store: BlobStore, ...args: Parameters<BlobStore["read"]>): Promise<Buffer> {
  return buffer(await store.read(...args));
}

function itKeepsBlobs(store: () => BlobStore): void {
  it("gives back what was written, whole", async () => {
    const bytes = randomBytes(3_000_001);
    await write(store(), "ten_1/0abc/img_1", bytes);
    expect((await read(store(), "ten_1/0abc/img_1")).equals(bytes)).toBe(true);
    expect(await store().sizeBytes("ten_1/0abc/img_1")).toBe(bytes.length);
  });

  it("keeps an empty blob apart from none", async () => {
    await write(store(), "empty", Buffer.alloc(0));
    expect(await read(store(), "empty")).toHaveLength(0);
    expect(await store().sizeBytes("empty")).toBe(0);
  });

  it("keeps a key apart from one that continues it", async () => {
    await write(store(), "a/b", Buffer.from("inner"));
    await write(store(), "a", Buffer.from("outer"));
    expect(String(await read(store(), "a"))).toBe("outer");
    expect(String(await read(store(), "a/b"))).toBe("inner");
  });

  it("gives back a range, both ends included", async () => {
    const bytes = randomBytes(500_000);
    await write(store(), "k", bytes);
    expect(await read(store(), "k", { startByte: 0, endByte: 0 })).toEqual(bytes.subarray(0, 1));
    expect(await read(store(), "k", { startByte: 131_071, endByte: 400_000 })).toEqual(
      bytes.subarray(131_071, 400_001),
    );
    expect(await read(store(), "k", { startByte: 499_999 })).toEqual(bytes.subarray(499_999));
    expect(await read(store(), "k", { startByte: 10, endByte: 9_999_999 })).toEqual(bytes.subarray(10));
  });

  it("says that a missing blob is missing", async () => {
    await expect(store().read("absent")).rejects.toMatchObject({ code: "storage_unavailable" });
    expect(await store().sizeBytes("absent")).toBeNull();
  });

  it("removes a blob, and a blob that is not there", async () => {
    await write(store(), "k", Buffer.from("x"));
    await store().remove("k");
    expect(await store().sizeBytes("k")).toBeNull();
    await store().remove("k");
  });

  it("lets go of a blob that is not read to its end", async () => {
    await write(store(), "k", randomBytes(1_000_000));
    const stream = await store().read("k");
    for await (const chunk of stream) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(stream.destroyed).toBe(true);
    await store().remove("k");
  });
}

function itShowsOnlyWholeBlobs(store: () => BlobStore): void {
  it("shows nothing under the key before the commit", async () => {
    const staged = await store().stage("k");
    await pipeline(Readable.from([Buffer.from("bytes")]), staged.stream);
    expect(await store().sizeBytes("k")).toBeNull();
    await staged.commit();
    expect(await store().sizeBytes("k")).toBe(5);
  });

  it("replaces a blob at one moment, and the old one can be read to its end", async () => {
    const old = randomBytes(1_000_000);
    await write(store(), "k", old);
    const reading = await store().read("k");
    const staged = await store().stage("k");
    await pipeline(Readable.from([Buffer.from("new")]), staged.stream);
    expect(await store().sizeBytes("k")).toBe(old.length);
    await staged.commit();
    expect((await buffer(reading)).equals(old)).toBe(true);
    expect(String(await read(store(), "k"))).toBe("new");
  });

  it("lets two writers of one key each write their own bytes; one of them is seen, whole", async () => {
    const [first, second] = await Promise.all([store().stage("k"), store().stage("k")]);
    const ones = Buffer.alloc(300_000, 1);
    const twos = Buffer.alloc(300_000, 2);
    await Promise.all([
      pipeline(Readable.from([ones]), first.stream),
      pipeline(Readable.from([twos]), second.stream),
    ]);
    await Promise.all([first.commit(), second.commit()]);
    const seen = await read(store(), "k");
    expect(seen.equals(ones) || seen.equals(twos)).toBe(true);
  });

  it("leaves nothing after a discard: before the first byte, in the middle, after the stream's fault, or twice", async () => {
    const untouched = await store().stage("k");
    await untouched.discard();

    const begun = await store().stage("k");
    begun.stream.write(randomBytes(100_000));
    await begun.discard();
    await begun.discard();

    const broken = await store().stage("k");
    const source = Readable.from(failing());
    await expect(pipeline(source, broken.stream)).rejects.toThrow("the source broke");
    await broken.discard();

    expect(await store().sizeBytes("k")).toBeNull();
  });

  it("does not commit what has not been written to its end, nor twice", async () => {
    const open = await store().stage("k");
    open.stream.write("part");
    await expect(open.commit()).rejects.toThrow("after its stream has finished");
    await open.discard();
    await expect(open.commit()).rejects.toThrow("before");

    const staged = await store().stage("k");
    await pipeline(Readable.from([Buffer.from("x")]), staged.stream);
    await staged.commit();
    await expect(staged.commit()).rejects.toThrow("before");
    await staged.discard();
    expect(await store().sizeBytes("k")).toBe(1);
  });

  it("slows the source down instead of holding the whole blob", async () => {
    const chunk = Buffer.alloc(1024 * 1024, 7);
    const staged = await store().stage("k");
    let mostWaiting = 0;
    async function* source() {
      for (let index = 0; index < 64; index += 1) {
        mostWaiting = Math.max(mostWaiting, staged.stream.writableLength);
        yield chunk;
      }
    }
    await pipeline(Readable.from(source()), staged.stream);
    await staged.commit();
    expect(await store().sizeBytes("k")).toBe(64 * 1024 * 1024);
    expect(mostWaiting).toBeLessThanOrEqual(8 * 1024 * 1024);
  });
}

async function keysIn(store: BlobStore, prefix?: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(prefix === undefined ? {} : { prefix })) keys.push(key);
  return keys.sort();
}

function itListsBlobs(store: () => BlobStore): void {
  const keys = ["a", "ten_1/01h4/img_1_1", "ten_1/01h4/img_1_2", "ten_1/01h4/img_12_1", "ten_2/01h4/img_1_1"];
  const writeAll = () => Promise.all(keys.map((key) => write(store(), key, Buffer.from(key))));

  it("lists nothing where nothing was written", async () => {
    expect(await keysIn(store())).toEqual([]);
    expect(await keysIn(store(), "ten_1/")).toEqual([]);
  });

  it("lists every blob, with its size and when it came", async () => {
    const before = Date.now() - 2000;
    await writeAll();
    const entries = [];
    for await (const entry of store().list()) entries.push(entry);
    expect(entries.map(({ key }) => key).sort()).toEqual([...keys].sort());
    for (const { key, sizeBytes, modifiedAt } of entries) {
      expect(sizeBytes).toBe(key.length);
      expect(modifiedAt.getTime()).toBeGreaterThan(before);
    }
  });

  it.each([
    { prefix: "ten_1/01h4/img_1_", found: ["ten_1/01h4/img_1_1", "ten_1/01h4/img_1_2"] },
    { prefix: "ten_1/01h4/", found: ["ten_1/01h4/img_12_1", "ten_1/01h4/img_1_1", "ten_1/01h4/img_1_2"] },
    { prefix: "ten_2", found: ["ten_2/01h4/img_1_1"] },
    { prefix: "ten_1/01h4/img_1_1", found: ["ten_1/01h4/img_1_1"] },
    { prefix: "ten_3/01h4/img_", found: [] },
  ])("lists the blobs whose keys begin with $prefix", async ({ prefix, found }) => {
    await writeAll();
    expect(await keysIn(store(), prefix)).toEqual(found);
  });

  it("lists neither what is not committed nor what is removed", async () => {
    await writeAll();
    const staged = await store().stage("ten_1/01h4/img_3_1");
    await pipeline(Readable.from([Buffer.from("x")]), staged.stream);
    await store().remove("ten_1/01h4/img_1_1");
    expect(await keysIn(store(), "ten_1/")).toEqual(["ten_1/01h4/img_12_1", "ten_1/01h4/img_1_2"]);
    await staged.discard();
  });

  it.each(["/", "../", "a//", "A", "a.b"])("refuses the prefix %j", (prefix) => {
    expect(() => store().list({ prefix })).toThrow(TypeError);
  });
}

function itRefusesForeignKeys(store: () => BlobStore): void {
  it.each([
    "",
    "/a",
    "a/",
    "a//b",
    "../a",
    "a/../b",
    "A",
    "a.b",
    "a b",
    "a\u0000",
    "ä",
    `a${"b".repeat(200)}`,
  ])("refuses the key %j", async (key) => {
    await expect(store().stage(key)).rejects.toThrow(TypeError);
    await expect(store().read(key)).rejects.toThrow(TypeError);
    await expect(store().sizeBytes(key)).rejects.toThrow(TypeError);
    await expect(store().remove(key)).rejects.toThrow(TypeError);
  });
}

async function* failing(): AsyncGenerator<Buffer> {
  yield randomBytes(200_000);
  throw new Error("the source broke");
}
