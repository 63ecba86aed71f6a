import { chmod, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createDiskBlobStore } from "./disk/disk-blob-store.ts";
import { createStoreProbe, tryWriting } from "./store-probe.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "driveway-probe-"));
});
afterEach(async () => {
  await chmod(directory, 0o700);
  await rm(directory, { recursive: true, force: true });
});

it("a store that can be written is said to be so, and nothing is left in it", async () => {
  expect(await createStoreProbe(createDiskBlobStore({ directory }))()).toBe(true);
  expect(await readdir(join(directory, "staging"))).toEqual([]);
});

it("a store whose folder is gone for writing is said to be so", async () => {
  await writeFile(join(directory, "staging"), "a file where a folder should be");
  const store = createDiskBlobStore({ directory });
  expect(await createStoreProbe(store)()).toBe(false);
  await expect(tryWriting(store)).rejects.toMatchObject({ code: "storage_unavailable" });
});

it("asks once for many who want to know", async () => {
  const store = createDiskBlobStore({ directory });
  let asked = 0;
  const counted = createStoreProbe({
    stage(key) {
      asked += 1;
      return store.stage(key);
    },
  });
  expect(await Promise.all(Array.from({ length: 20 }, () => counted()))).not.toContain(false);
  expect(await counted()).toBe(true);
  expect(asked).toBe(1);
});
