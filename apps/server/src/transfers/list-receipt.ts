import type { Database } from "../db/index.ts";
import type { DriveFile } from "../drives/index.ts";
import type { ItemRow, Job } from "./job.ts";
import { idsOf, type ItemPlace, readItemPage } from "./read-item-page.ts";

/** What became of one file, with what the provider said of it and what was kept. */
export interface ReceiptLine {
  readonly position: number;
  /** As the request named it; a shortcut by its own id. */
  readonly providerFileId: string | null;
  readonly name: string;
  readonly state: ItemRow["state"];
  readonly errorCode: string | null;
  /** What the provider said of the bytes before they were fetched; null when it said nothing, and for exports. */
  readonly source: Pick<DriveFile, "id" | "revision" | "sizeBytes" | "md5" | "sha256"> | null;
  /** The image that was made, taken, or there already; null when there is none. */
  readonly imageId: string | null;
  /** Of the bytes in the library, lower hex. */
  readonly sha256: string | null;
  readonly blobKey: string | null;
  readonly bytesDone: number;
}

/**
 * A page of the receipt of the caller's own job, in the order of its files, with the job as it stands.
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's
 */
export async function listReceipt(
  parts: { readonly db: Database; readonly now: () => Date },
  place: ItemPlace,
): Promise<{
  readonly job: Job;
  readonly lines: readonly ReceiptLine[];
  readonly nextAfterPosition: number | null;
}> {
  const { job, rows, nextAfterPosition } = await readItemPage(parts, place);
  return { job, lines: rows.map((row) => toLine(row, job)), nextAfterPosition };
}

function toLine(row: ItemRow, job: Job): ReceiptLine {
  return {
    position: row.position,
    name: row.name,
    state: row.state,
    errorCode: row.errorCode,
    source: row.facts === null ? null : (row.facts as DriveFile),
    ...idsOf(row, job),
    sha256: row.sha256?.toString("hex") ?? null,
    blobKey: row.blobKey,
    bytesDone: row.bytesDone,
  };
}
