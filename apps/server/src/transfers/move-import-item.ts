import type { Drive, DriveAccess, DriveFile } from "../drives/index.ts";
import { blobKeyOf, type NewImage } from "../library/index.ts";
import type { ByteMover, ReceivedBlob } from "./bytes/index.ts";
import { classifyImportFile } from "./classify-import-file.ts";
import { type ItemErrorCode, itemError, itemErrorOf } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ImportOptions, ItemRow, JobRow } from "./job.ts";
import type { MovingBytes } from "./moving-bytes.ts";

/** Fetches in all when the bytes are not the ones that the provider named. */
const CHECKSUM_TRIES = 3;

export interface ImportParts {
  readonly drive: Drive;
  readonly bytes: ByteMover;
  readonly access: DriveAccess;
  readonly moving: MovingBytes;
  readonly maxFileBytes: number;
  readonly idleMs: number;
  readonly exportAs: Readonly<Record<string, string>>;
}

/**
 * Moves one file into the blob store and describes the image that it will be. Nothing is visible yet: the image comes
 * with the settlement of its item. Each delivery of the chunk writes a blob of its own.
 * @throws {DriveError} `sign_in_again`, which is not about this file
 * @throws {DrivewayError} `storage_unavailable`
 */
export async function moveImportItem(
  parts: ImportParts,
  work: {
    readonly job: JobRow;
    readonly item: ItemRow;
    readonly file: DriveFile;
    readonly fencingToken: number;
  },
  signal: AbortSignal,
): Promise<ItemOutcome> {
  const { bytes, access, moving, maxFileBytes, idleMs } = parts;
  const { position } = work.item;
  let { file } = work;
  for (let attempt = 1; ; attempt += 1) {
    const decision = classifyImportFile(file, parts);
    if (decision.kind === "refuse") return { state: "failed", position, error: decision.error };
    const blobKey = blobKeyOf({ ...work.item, fencingToken: work.fencingToken });
    const wanted = { access, file, exportAs: decision.exportAs, blobKey, maxFileBytes, idleMs };
    const answer = await moving.during((onProgress) => bytes.receive({ ...wanted, onProgress }, signal));
    if (answer.kind === "received") {
      const { blob } = answer;
      const image = describeImage({ ...work, file, blobKey, blob });
      return { state: "imported", position, bytes: blob.sizeBytes, image };
    }
    if (answer.reason !== "not_intact") return failed(position, answer.reason);
    if (attempt === CHECKSUM_TRIES) return failed(position, "checksum_mismatch");
    // The file may have been changed between its description and its bytes.
    if (attempt > 1) continue;
    const [news] = await parts.drive.getFiles([file], signal);
    if (news?.ok === false) return { state: "failed", position, error: itemErrorOf(news.error) };
    file = news?.file ?? file;
  }
}

function describeImage(work: {
  readonly job: JobRow;
  readonly item: ItemRow;
  readonly file: DriveFile;
  readonly blobKey: string;
  readonly blob: ReceivedBlob;
}): NewImage {
  const { job, item, file, blob } = work;
  const options = job.options as ImportOptions;
  return {
    ...blob,
    id: item.imageId,
    tenantId: job.tenantId,
    createdBy: job.userId,
    filename: item.name,
    description: file.description,
    descriptionStatus: "skipped",
    tags: options.tags,
    collectionId: options.collectionId,
    blobKey: work.blobKey,
    source: {
      provider: job.provider,
      connectionId: job.connectionId,
      fileId: file.id,
      revision: file.revision,
    },
  };
}

function failed(position: number, code: ItemErrorCode): ItemOutcome {
  return { state: "failed", position, error: itemError(code) };
}
