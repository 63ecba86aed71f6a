import { DriveError, type DriveFile } from "../drives/index.ts";
import type { Image } from "../library/index.ts";
import { DrivewayError } from "../platform/index.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { ensureTargetFolder } from "./ensure-target-folder.ts";
import { itemError, itemErrorOf } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ItemRow } from "./job.ts";
import { StopJobError } from "./stop-job-error.ts";
import { moveExportItem } from "./move-export-item.ts";
import { reserveFileIds } from "./reserve-file-ids.ts";
import { runConcurrently } from "./run-concurrently.ts";

/** Makes sure of the target folder and of the files' ids, then moves the bytes. */
export async function runExportChunk(run: ChunkRun): Promise<void> {
  const { chunk, library, signal } = run;
  const { tenantId } = chunk.job;
  const parentId = await targetFolder(run);
  const images = await library.findImages({ tenantId, ids: chunk.items.map((item) => item.imageId) });
  const imageById = new Map(images.map((image) => [image.id, image]));
  const known = await findEarlierFiles(run);
  const fileIds = await reserveFileIds(run, chunk, signal);
  await runConcurrently(chunk.items, run.shape.chunkConcurrency, (item) => {
    const image = imageById.get(item.imageId);
    const work = async (): Promise<ItemOutcome> => {
      const fileId = fileIds.get(item.position);
      if (image === undefined || fileId === undefined) {
        return { state: "failed", position: item.position, error: itemError("image_not_found") };
      }
      const wanted = { chunk, item, image, fileId, parentId, known: known.get(fileId) ?? null };
      return moveExportItem(run, wanted, signal).catch((error: unknown) =>
        failWithoutBlob(run, wanted, error),
      );
    };
    return run.attempt(item, work, image?.sizeBytes ?? 0);
  });
}

/** Bytes that are missing from a storage which answers fail their item; a storage that does not answer is waited for. */
async function failWithoutBlob(
  run: ChunkRun,
  { item, image }: { readonly item: ItemRow; readonly image: Image },
  error: unknown,
): Promise<ItemOutcome> {
  const isStorage = error instanceof DrivewayError && error.code === "storage_unavailable";
  if (!isStorage || (await run.blobs.sizeBytes(image.blobKey)) !== null) throw error;
  return { state: "failed", position: item.position, error: itemError("storage_unavailable") };
}

/** A folder that cannot be made, or be written to, is no matter of a single file: the job stops. */
async function targetFolder(run: ChunkRun): Promise<string | null> {
  try {
    return await ensureTargetFolder(run, run.chunk.job, run.signal);
  } catch (error) {
    if (!(error instanceof DriveError)) throw error;
    if (error.kind === "gone") throw new StopJobError(itemError("folder_not_found"), { cause: error });
    if (error.kind === "not_allowed" || error.kind === "refused") {
      throw new StopJobError(itemErrorOf(error), { cause: error });
    }
    throw error;
  }
}

/** Files that an earlier delivery of this chunk may have made: those whose ids were reserved before. */
async function findEarlierFiles(run: ChunkRun): Promise<ReadonlyMap<string, DriveFile>> {
  const refs = run.chunk.items.flatMap(({ providerFileId }) =>
    providerFileId === null ? [] : [{ id: providerFileId }],
  );
  const files = new Map<string, DriveFile>();
  const { metadataBatchSize } = run.properties;
  for (let start = 0; start < refs.length; start += metadataBatchSize) {
    for (const answer of await run.drive.getFiles(refs.slice(start, start + metadataBatchSize), run.signal)) {
      if (answer.ok) files.set(answer.id, answer.file);
    }
  }
  return files;
}
