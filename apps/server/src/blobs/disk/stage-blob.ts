import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StagedBlob } from "../blob-store.ts";
import type { DirectorySync } from "./directory-sync.ts";
import { fileWritable } from "./file-writable.ts";
import { stagingName } from "./staging-name.ts";
import { asStorageFault, isMissing } from "./storage-fault.ts";

interface StageParams {
  /** Folder of unfinished blobs, on the same file system as `target`. */
  readonly staging: string;
  /** Where the finished file is to be. */
  readonly target: string;
  readonly syncDirectory: DirectorySync;
}

/**
 * Begins a file in the staging folder. Committing it is fsync, rename, fsync of the folder: after a power cut there is
 * either the whole blob under its name or none.
 */
export async function stageBlob(params: StageParams): Promise<StagedBlob> {
  const path = join(params.staging, stagingName());
  const file = await asStorageFault(() => openNew(path));
  const stream = fileWritable(file);
  let ended = false;

  async function discard(): Promise<void> {
    if (ended) return;
    ended = true;
    stream.destroy();
    await asStorageFault(async () => {
      await file.close();
      await rm(path, { force: true });
    });
  }

  async function commit(): Promise<void> {
    if (ended) throw new Error("the staged blob was committed or discarded before");
    if (!stream.writableFinished) throw new Error("a blob is committed after its stream has finished");
    ended = true;
    await asStorageFault(async () => {
      await syncAndClose(file);
      await moveInto(path, params);
    }).catch(async (fault: unknown) => {
      await rm(path, { force: true }).catch(() => undefined);
      throw fault;
    });
  }

  return { stream, commit, discard };
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx", 0o600);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    return open(path, "wx", 0o600);
  }
}

async function syncAndClose(file: FileHandle): Promise<void> {
  try {
    await file.datasync();
  } finally {
    await file.close();
  }
}

async function moveInto(path: string, params: StageParams): Promise<void> {
  const folder = dirname(params.target);
  try {
    await rename(path, params.target);
  } catch (error) {
    if (!isMissing(error)) throw error;
    await makeDurableFolder(folder, params.syncDirectory);
    await rename(path, params.target);
  }
  await params.syncDirectory(folder);
}

/**
 * Makes a folder and every missing one above it. Each is a name in the folder above, which has to be durable too, also
 * when another writer was quicker to make it.
 */
async function makeDurableFolder(folder: string, syncDirectory: DirectorySync): Promise<void> {
  const first = (await mkdir(folder, { recursive: true, mode: 0o700 })) ?? folder;
  for (let made = folder; made.length >= first.length; made = dirname(made))
    await syncDirectory(dirname(made));
}
