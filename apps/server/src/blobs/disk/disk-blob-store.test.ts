import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeBlobStore } from "../blob-store.testsuite.ts";
import { createDiskBlobStore } from "./disk-blob-store.ts";
import { stagingName } from "./staging-name.ts";

describeBlobStore("the disk", async () => {
  const directory = await mkdtemp(join(tmpdir(), "driveway-blobs-"));
  return {
    store: createDiskBlobStore({ directory }),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
});

describe("the disk blob store", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "driveway-blobs-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const staged = () => readdir(join(directory, "staging"));

  it("leaves no staged file behind, whether committed or discarded", async () => {
    const store = createDiskBlobStore({ directory });
    const kept = await store.stage("a");
    const dropped = await store.stage("b");
    expect(await staged()).toHaveLength(2);
    await pipeline(Readable.from([Buffer.from("x")]), kept.stream);
    await kept.commit();
    await dropped.discard();
    expect(await staged()).toEqual([]);
  });

  it("shows nothing of a process that was killed while it wrote, and sweeps its leftovers away", async () => {
    const writer = spawn(process.execPath, ["--input-type=module", "--eval", KILLED_WRITER, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(writer.stdout, "data");
    const store = createDiskBlobStore({ directory });
    expect(await store.sweepStaging()).toBe(0);
    expect(await staged()).toHaveLength(1);
    writer.kill("SIGKILL");
    await once(writer, "exit");
    expect(await store.sizeBytes("k")).toBeNull();
    expect(await store.sweepStaging()).toBe(1);
    expect(await staged()).toEqual([]);
  });

  it("sweeps what is older than a day whoever wrote it, and spares what others write now", async () => {
    const store = createDiskBlobStore({ directory });
    await (await store.stage("k")).discard();
    const path = (name: string) => join(directory, "staging", name);
    const elsewhere = "another-machine.1.0123456789abcdef";
    await Promise.all([elsewhere, stagingName(), "old"].map((name) => writeFile(path(name), "x")));
    const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000);
    await utimes(path("old"), longAgo, longAgo);
    expect(await store.sweepStaging()).toBe(1);
    expect(await staged()).toHaveLength(2);
  });

  it("has nothing to sweep in a folder that is not there yet", async () => {
    expect(await createDiskBlobStore({ directory: join(directory, "new") }).sweepStaging()).toBe(0);
  });

  it("calls a fault of the file system `storage_unavailable`, with its cause", async () => {
    const file = join(directory, "file");
    await writeFile(file, "a file where a folder should be");
    const store = createDiskBlobStore({ directory: file });
    const fault = { code: "storage_unavailable", cause: { code: "ENOTDIR" } };
    await expect(store.stage("k")).rejects.toMatchObject(fault);
    await expect(store.read("k")).rejects.toMatchObject(fault);
    await expect(store.sizeBytes("k")).rejects.toMatchObject(fault);
    await expect(store.sweepStaging()).rejects.toMatchObject(fault);
  });

  it("gives the place back when the commit fails", async () => {
    const store = createDiskBlobStore({ directory });
    await writeFile(join(directory, "objects"), "a file where a folder should be");
    const blob = await store.stage("k");
    await pipeline(Readable.from([Buffer.from("x")]), blob.stream);
    await expect(blob.commit()).rejects.toMatchObject({ code: "storage_unavailable" });
    expect(await staged()).toEqual([]);
  });

  it("breaks the stream with `storage_unavailable` when the file cannot grow", async () => {
    const script = `ulimit -f 64; exec "$0" --input-type=module --eval "$1" "$2"`;
    const writer = spawn("sh", ["-c", script, process.execPath, LIMITED_WRITER, directory], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [output] = await Promise.all([writer.stdout.setEncoding("utf8").toArray(), once(writer, "exit")]);
    expect(JSON.parse(output.join(""))).toEqual({ code: "storage_unavailable", cause: "EFBIG", left: [] });
  });
});

const STORE = JSON.stringify(new URL("./disk-blob-store.ts", import.meta.url).href);

const KILLED_WRITER = `
  const { createDiskBlobStore } = await import(${STORE});
  const staged = await createDiskBlobStore({ directory: process.argv[1] }).stage("k");
  staged.stream.write(Buffer.alloc(1000), () => process.stdout.write("written"));
  setInterval(() => {}, 1000);
`;

const LIMITED_WRITER = `
  import { readdir } from "node:fs/promises";
  import { Readable } from "node:stream";
  import { pipeline } from "node:stream/promises";
  process.on("SIGXFSZ", () => {});
  const { createDiskBlobStore } = await import(${STORE});
  const staged = await createDiskBlobStore({ directory: process.argv[1] }).stage("k");
  const fault = await pipeline(Readable.from([Buffer.alloc(10_000_000)]), staged.stream).catch((error) => error);
  await staged.discard();
  const left = await readdir(process.argv[1] + "/staging");
  process.stdout.write(JSON.stringify({ code: fault.code, cause: fault.cause.code, left }));
`;
