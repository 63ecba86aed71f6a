import type { Dirent, Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { BlobEntry } from "../blob-store.ts";
import { asStorageFault, isMissing } from "./storage-fault.ts";

const ENDING = ".blob";

/**
 * Names the blobs below a folder whose keys begin with `prefix`. Folders that cannot hold such a key are not read, and
 * files of other keys are not looked at. One folder's names are in memory at a time.
 * @param directory where keys begin
 */
export async function* listBlobs(directory: string, prefix: string): AsyncGenerator<BlobEntry> {
  const lastFolder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  yield* listFolder({ directory, folder: lastFolder, prefix });
}

/** @param place.folder the part of the keys that the folder stands for: empty, or with a `/` at its end */
async function* listFolder(place: {
  readonly directory: string;
  readonly folder: string;
  readonly prefix: string;
}): AsyncGenerator<BlobEntry> {
  const { directory, folder, prefix } = place;
  const path = join(directory, ...folder.split("/"));
  for (const entry of await entriesOf(path)) {
    const key = folder + (entry.isDirectory() ? `${entry.name}/` : entry.name.slice(0, -ENDING.length));
    if (!key.startsWith(prefix)) continue;
    if (entry.isDirectory()) {
      yield* listFolder({ directory, folder: key, prefix });
    } else if (entry.name.endsWith(ENDING)) {
      const found = await statOf(join(path, entry.name));
      if (found !== null) yield { key, sizeBytes: found.size, modifiedAt: found.mtime };
    }
  }
}

async function entriesOf(path: string): Promise<Dirent[]> {
  return asStorageFault(async () => {
    try {
      return await readdir(path, { withFileTypes: true });
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  });
}

/** Null when it was removed meanwhile. */
async function statOf(path: string): Promise<Stats | null> {
  return asStorageFault(async () => {
    try {
      return await stat(path);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  });
}
