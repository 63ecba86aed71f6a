import { setTimeout as delay } from "node:timers/promises";
import type { BlobStore } from "../blobs/index.ts";
import { type Drive, DriveError, type DriveFile } from "../drives/index.ts";
import { blobKeyOf, inspectImage, type NewImage } from "../library/index.ts";
import { classifyImportFile } from "./classify-import-file.ts";
import { type ItemErrorCode, itemError, itemErrorOf } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import type { ImportOptions, ItemRow, JobRow } from "./job.ts";
import { type ReceivedFile, receiveFile, TooLargeError } from "./receive-file.ts";

/** Fetches in all when the bytes are not the ones that the provider named. */
const CHECKSUM_TRIES = 3;
/** Fetches in all when the connection breaks in the middle. What fails before the first byte the Drive repeats itself. */
const BREAK_TRIES = 5;
const BREAK_PAUSE_MS = 500;

export interface ImportParts {
  readonly drive: Drive;
  readonly blobs: BlobStore;
  readonly maxFileBytes: number;
  readonly idleMs: number;
  readonly exportAs: Readonly<Record<string, string>>;
}

/**
 * Moves one file into the blob store and describes the image that it will be. Nothing is visible yet: the image comes
 * with the settlement of its item. A repetition writes the same blob again, under the id reserved for it.
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
  const { position } = work.item;
  let { file } = work;
  for (let attempt = 1; ; attempt += 1) {
    const decision = classifyImportFile(file, parts);
    if (decision.kind === "refuse") return { state: "failed", position, error: decision.error };
    const blobKey = blobKeyOf({ ...work.item, fencingToken: work.fencingToken });
    const received = await receiveThroughBreaks(
      parts,
      { file, exportAs: decision.exportAs, blobKey },
      signal,
    );
    if (received instanceof TooLargeError) return failed(position, "too_large");
    if (received.isIntact) return keepImage({ ...work, file, blobKey, received });
    await received.staged.discard();
    if (attempt === CHECKSUM_TRIES) return failed(position, "checksum_mismatch");
    // The file may have been changed between its description and its bytes.
    const [answer] = await parts.drive.getFiles([file], signal);
    if (answer?.ok === false) return { state: "failed", position, error: itemErrorOf(answer.error) };
    file = answer?.file ?? file;
  }
}

async function receiveThroughBreaks(
  parts: ImportParts,
  wanted: Parameters<typeof receiveFile>[1],
  signal: AbortSignal,
): Promise<ReceivedFile | TooLargeError> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await receiveFile(parts, wanted, signal);
    } catch (error) {
      if (error instanceof TooLargeError) return error;
      const mayRepeat = error instanceof DriveError && error.kind === "try_later" && attempt < BREAK_TRIES;
      if (!mayRepeat) throw error;
      const longestMs = BREAK_PAUSE_MS * 2 ** attempt;
      await delay((longestMs / 2) * (1 + Math.random()), undefined, { signal });
    }
  }
}

async function keepImage(work: {
  readonly job: JobRow;
  readonly item: ItemRow;
  readonly file: DriveFile;
  readonly blobKey: string;
  readonly received: ReceivedFile;
}): Promise<ItemOutcome> {
  const { received, item } = work;
  const { staged, sampler } = received;
  try {
    const inspected = await inspectImage(sampler.sample());
    if (inspected === null) {
      await staged.discard();
      return failed(item.position, "not_an_image");
    }
    await staged.commit();
    const image = { ...describeImage(work), ...inspected };
    return { state: "imported", position: item.position, bytes: received.sizeBytes, image };
  } catch (error) {
    await staged.discard();
    throw error;
  }
}

function describeImage(work: Parameters<typeof keepImage>[0]) {
  const { job, item, file, received } = work;
  const options = job.options as ImportOptions;
  return {
    id: item.imageId,
    tenantId: job.tenantId,
    createdBy: job.userId,
    filename: item.name,
    description: file.description,
    descriptionStatus: "skipped",
    sizeBytes: received.sizeBytes,
    sha256: received.sha256,
    md5: received.md5,
    tags: options.tags,
    collectionId: options.collectionId,
    blobKey: work.blobKey,
    source: {
      provider: job.provider,
      connectionId: job.connectionId,
      fileId: file.id,
      revision: file.revision,
    },
  } as const satisfies Partial<NewImage>;
}

function failed(position: number, code: ItemErrorCode): ItemOutcome {
  return { state: "failed", position, error: itemError(code) };
}
