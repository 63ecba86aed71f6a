import { open, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { checkBlobKey, checkBlobPrefix } from "../blob-key.ts";
import type { BlobStore } from "../blob-store.ts";
import { createDirectorySync } from "./directory-sync.ts";
import { fileReadable } from "./file-readable.ts";
import { listBlobs } from "./list-blobs.ts";
import { stageBlob } from "./stage-blob.ts";
import { asStorageFault, isMissing } from "./storage-fault.ts";
import { sweepFolders } from "./sweep-folders.ts";
import { sweepStaging } from "./sweep-staging.ts";

/** Blobs in a folder of the file system. */
export interface DiskBlobStore extends BlobStore {
  /** Removes what crashed processes left unfinished, and tells how many. Call it when the process starts. */
  sweepStaging(): Promise<number>;
  /** Removes folders that have been empty for an hour, and tells how many. */
  sweepFolders(): Promise<number>;
}

/**
 * Keeps blobs as files, `<directory>/objects/<key>.blob`, and unfinished ones in `<directory>/staging`. Processes may
 * share the folder, also over a network file system that has atomic renames, if their machines' names differ.
 */
export function createDiskBlobStore(params: { readonly directory: string }): DiskBlobStore {
  const staging = join(params.directory, "staging");
  const syncDirectory = createDirectorySync();
  // The ending keeps the blob `a` apart from the folder of the blob `a/b`.
  const pathOf = (key: string) =>
    join(params.directory, "objects", ...checkBlobKey(key).split("/")).concat(".blob");
  return {
    stage: async (key) => stageBlob({ staging, target: pathOf(key), syncDirectory }),
    async read(key, range) {
      const path = pathOf(key);
      const file = await asStorageFault(() => open(path, "r"));
      const { startByte = 0, endByte = Number.POSITIVE_INFINITY } = range ?? {};
      return fileReadable(file, { startByte, endByte });
    },
    async sizeBytes(key) {
      const path = pathOf(key);
      return asStorageFault(async () => {
        try {
          return (await stat(path)).size;
        } catch (error) {
          if (isMissing(error)) return null;
          throw error;
        }
      });
    },
    async remove(key) {
      const path = pathOf(key);
      await asStorageFault(() => rm(path, { force: true }));
    },
    list: (wanted) => listBlobs(join(params.directory, "objects"), checkBlobPrefix(wanted?.prefix ?? "")),
    sweepStaging: () => asStorageFault(() => sweepStaging(staging)),
    sweepFolders: () => asStorageFault(() => sweepFolders(join(params.directory, "objects"))),
  };
}
