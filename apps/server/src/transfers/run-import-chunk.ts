import type { DriveFileAnswer, FileRef } from "../drives/index.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { itemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ItemRow } from "./job.ts";
import { moveImportItem } from "./move-import-item.ts";
import { removeTries } from "./remove-tries.ts";
import { runConcurrently } from "./run-concurrently.ts";

/** Reads the metadata of all items in as few round trips as the provider allows, then moves their bytes. */
export async function runImportChunk(run: ChunkRun): Promise<void> {
  const { chunk, drive, bytes, account, moving, signal, limits } = run;
  const parts = {
    drive,
    bytes,
    account,
    moving,
    maxFileBytes: limits.maxFileBytes,
    idleMs: limits.transferIdleTimeoutMs,
    exportAs: run.properties.exportAs,
  };
  if (chunk.fencingToken > 1) await removeEarlierTries(run);
  const answers = await describeFiles(run);
  await runConcurrently(chunk.items, run.shape.chunkConcurrency, (item) => {
    const answer = answers.get(item.providerFileId ?? "");
    const work = async (): Promise<ItemOutcome> => {
      if (answer?.ok !== true) throw answer?.error ?? new Error("the provider left a file out of its answer");
      if (!(await hasRoomFor(run, answer.file.sizeBytes))) {
        return { state: "failed", position: item.position, error: itemError("storage_quota_exceeded") };
      }
      const { job, fencingToken } = chunk;
      return moveImportItem(parts, { job, item, file: answer.file, fencingToken }, signal);
    };
    return run.attempt(item, work, answer?.ok === true ? answer.file.sizeBytes : 0);
  });
}

async function describeFiles(run: ChunkRun): Promise<ReadonlyMap<string, DriveFileAnswer>> {
  const ids = [...new Set(run.chunk.items.flatMap(fileIdOf))];
  const answers = new Map<string, DriveFileAnswer>();
  const { metadataBatchSize } = run.properties;
  for (let start = 0; start < ids.length; start += metadataBatchSize) {
    const batch: FileRef[] = ids.slice(start, start + metadataBatchSize).map((id) => ({ id }));
    for (const answer of await run.drive.getFiles(batch, run.signal)) answers.set(answer.id, answer);
  }
  return answers;
}

function fileIdOf(item: ItemRow): string[] {
  return item.providerFileId === null ? [] : [item.providerFileId];
}

/** Spares the bytes of a file that will not fit; whether it does is settled with its image. */
async function hasRoomFor(run: ChunkRun, sizeBytes: number | null): Promise<boolean> {
  const quotaBytes = run.limits.storageQuotaBytes;
  if (quotaBytes === 0) return true;
  const storedBytes = await run.library.readStoredBytes(run.chunk.job.tenantId);
  return storedBytes + (sizeBytes ?? 0) <= quotaBytes;
}

/** Blobs that a lost worker made durable and could not settle; nobody can write their items under its token any more. */
async function removeEarlierTries({ blobs, chunk }: ChunkRun): Promise<void> {
  const imageIds = chunk.items.map(({ imageId }) => imageId);
  await removeTries(blobs, { tenantId: chunk.job.tenantId, imageIds });
}
