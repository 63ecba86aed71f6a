import { and, asc, eq, gt } from "drizzle-orm";
import { type Database, transferItems } from "../db/index.ts";
import type { DriveFile } from "../drives/index.ts";
import type { Principal } from "../identity/index.ts";
import { getJob } from "./get-job.ts";
import type { ItemRow, Job } from "./job.ts";

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
 * @param params.afterPosition the last position of the page before; null for the first page
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's
 */
export async function listReceipt(
  parts: { readonly db: Database; readonly now: () => Date },
  params: {
    readonly principal: Principal;
    readonly jobId: string;
    readonly limit: number;
    readonly afterPosition: number | null;
  },
): Promise<{
  readonly job: Job;
  readonly lines: readonly ReceiptLine[];
  readonly nextAfterPosition: number | null;
}> {
  const job = await getJob(parts, params);
  const rows = await parts.db
    .select()
    .from(transferItems)
    .where(
      and(
        eq(transferItems.tenantId, params.principal.tenantId),
        eq(transferItems.jobId, params.jobId),
        gt(transferItems.position, params.afterPosition ?? -1),
      ),
    )
    .orderBy(asc(transferItems.position))
    .limit(params.limit + 1);
  const lines = rows.slice(0, params.limit).map((row) => toLine(row, job));
  const last = lines.at(-1);
  const hasMore = rows.length > params.limit && last !== undefined;
  return { job, lines, nextAfterPosition: hasMore ? last.position : null };
}

function toLine(row: ItemRow, job: Job): ReceiptLine {
  const isThere = row.state === "done" || row.state === "skipped";
  return {
    position: row.position,
    providerFileId: job.type === "import" || isThere ? row.providerFileId : null,
    name: row.name,
    state: row.state,
    errorCode: row.errorCode,
    source: row.facts === null ? null : (row.facts as DriveFile),
    imageId: job.type === "export" || isThere ? row.imageId : null,
    sha256: row.sha256?.toString("hex") ?? null,
    blobKey: row.blobKey,
    bytesDone: row.bytesDone,
  };
}
