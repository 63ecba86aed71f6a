import { and, asc, eq, gt } from "drizzle-orm";
import { type Database, transferItems } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { getJob } from "./get-job.ts";
import type { ItemState } from "./job.ts";

/** How one file of a job stands or ended. */
export interface JobItem {
  readonly position: number;
  readonly state: ItemState;
  readonly name: string;
  /** The image that an import made, or that an export took; null while an import has not made it. */
  readonly imageId: string | null;
  /** The file that an import took, or that an export made; null while an export has not made it. */
  readonly providerFileId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly bytesDone: number;
}

/**
 * The items of the caller's own job, in the order of the request.
 * @param params.afterPosition the last position of the page before; null for the first page
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's
 */
export async function listJobItems(
  parts: { readonly db: Database; readonly now: () => Date },
  params: {
    readonly principal: Principal;
    readonly jobId: string;
    readonly limit: number;
    readonly afterPosition: number | null;
  },
): Promise<{ readonly items: readonly JobItem[]; readonly nextAfterPosition: number | null }> {
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
  const items = rows.slice(0, params.limit).map((row): JobItem => {
    const isThere = row.state === "done" || row.state === "skipped";
    return {
      position: row.position,
      state: row.state,
      name: row.name,
      imageId: job.type === "export" || isThere ? row.imageId : null,
      providerFileId: job.type === "import" || isThere ? row.providerFileId : null,
      errorCode: row.errorCode,
      errorMessage: row.errorMessage,
      bytesDone: row.bytesDone,
    };
  });
  const last = items.at(-1);
  const hasMore = rows.length > params.limit && last !== undefined;
  return { items, nextAfterPosition: hasMore ? last.position : null };
}
