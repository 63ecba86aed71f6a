import { DriveError, type DriveFile } from "../drives/index.ts";
import type { Image } from "../library/index.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { ensureTargetFolder } from "./ensure-target-folder.ts";
import { findConflicts } from "./find-conflicts.ts";
import { itemError, itemErrorOf } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ExportOptions, ItemRow } from "./job.ts";
import { moveExportItem } from "./move-export-item.ts";
import { reserveFileIds } from "./reserve-file-ids.ts";
import { runConcurrently } from "./run-concurrently.ts";
import { StopJobError } from "./stop-job-error.ts";
import { targetRefusal } from "./target-refusal.ts";

/** What is known of one item before its bytes move. */
interface Found {
  readonly image: Image | undefined;
  /** Made under the item's own id by an earlier delivery. */
  readonly own: DriveFile | undefined;
  /** Of an earlier export. */
  readonly conflict: DriveFile | undefined;
}

/** Makes sure of the target folder and of the files' ids, then moves the bytes. */
export async function runExportChunk(run: ChunkRun): Promise<void> {
  const { items, job } = run.chunk;
  const parentId = await targetFolder(run);
  const found = await lookFor(run, parentId);
  const needsId = items.filter((item) => {
    const { image, own, conflict } = found(item);
    return image !== undefined && own === undefined && conflict === undefined;
  });
  const reserved = await reserveFileIds(run, run.chunk, needsId);
  const isSkipped = (job.options as ExportOptions).onConflict === "skip";
  await runConcurrently(items, run.shape.chunkConcurrency, (item) => {
    const { position } = item;
    const { image, own, conflict } = found(item);
    const work = async (): Promise<ItemOutcome> => {
      const there = own ?? conflict ?? null;
      const fileId = there?.id ?? reserved.get(position);
      if (image === undefined || fileId === undefined) {
        return { state: "failed", position, error: itemError("image_not_found") };
      }
      const isConflict = own === undefined && there !== null;
      if (isConflict && isSkipped) return { state: "skipped", position, providerFileId: fileId, bytes: 0 };
      return moveExportItem(run, { item, image, fileId, parentId, there });
    };
    return run.attempt(item, work, image?.sizeBytes ?? 0);
  });
}

async function lookFor(run: ChunkRun, parentId: string | null): Promise<(item: ItemRow) => Found> {
  const { job, items } = run.chunk;
  const ids = items.map((item) => item.imageId);
  const images = await run.library.findImages({ tenantId: job.tenantId, ids });
  const imageById = new Map(images.map((image) => [image.id, image]));
  const own = await findEarlierFiles(run);
  const conflicts = await findConflicts(run, parentId);
  return ({ imageId, providerFileId }) => ({
    image: imageById.get(imageId),
    own: own.get(providerFileId ?? ""),
    conflict: conflicts.get(imageId),
  });
}

/** A folder that cannot be made, or be written to, is no matter of a single file: the job stops. */
async function targetFolder(run: ChunkRun): Promise<string | null> {
  const { job } = run.chunk;
  try {
    return await ensureTargetFolder(run, job, run.signal);
  } catch (error) {
    const parentId = (job.options as ExportOptions).folderId;
    const refusal = targetRefusal(error, parentId);
    if (refusal !== null) throw refusal;
    const isFinal = error instanceof DriveError && ["not_allowed", "refused"].includes(error.kind);
    throw isFinal ? new StopJobError(itemErrorOf(error), { cause: error }) : error;
  }
}

/** Files that an earlier delivery of this chunk may have made: those whose ids were reserved before. */
async function findEarlierFiles(run: ChunkRun): Promise<ReadonlyMap<string, DriveFile>> {
  const refs = run.chunk.items.flatMap(({ providerFileId: id }) => (id === null ? [] : [{ id }]));
  const files = new Map<string, DriveFile>();
  const { metadataBatchSize } = run.properties;
  for (let start = 0; start < refs.length; start += metadataBatchSize) {
    const batch = refs.slice(start, start + metadataBatchSize);
    for (const answer of await run.drive.getFiles(batch, run.signal)) {
      if (answer.ok) files.set(answer.id, answer.file);
    }
  }
  return files;
}
