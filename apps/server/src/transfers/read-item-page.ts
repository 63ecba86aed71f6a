import { and, asc, eq, gt } from "drizzle-orm";
import { type Database, transferItems } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import { getJob } from "./get-job.ts";
import type { ItemRow, Job } from "./job.ts";

/** Which part of a job's items is asked for, and by whom. */
export interface ItemPlace {
  readonly principal: Principal;
  readonly jobId: string;
  readonly limit: number;
  /** The last position of the page before; null for the first page. */
  readonly afterPosition: number | null;
}

/**
 * A page of the items of the caller's own job, in the order of the request, with the job as it stands.
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's
 */
export async function readItemPage(
  parts: { readonly db: Database; readonly now: () => Date },
  place: ItemPlace,
): Promise<{
  readonly job: Job;
  readonly rows: readonly ItemRow[];
  readonly nextAfterPosition: number | null;
}> {
  const job = await getJob(parts, place);
  const found = await parts.db
    .select()
    .from(transferItems)
    .where(
      and(
        eq(transferItems.tenantId, place.principal.tenantId),
        eq(transferItems.jobId, place.jobId),
        gt(transferItems.position, place.afterPosition ?? -1),
      ),
    )
    .orderBy(asc(transferItems.position))
    .limit(place.limit + 1);
  const rows = found.slice(0, place.limit);
  const last = rows.at(-1);
  const hasMore = found.length > place.limit && last !== undefined;
  return { job, rows, nextAfterPosition: hasMore ? last.position : null };
}

/** The image and the file that an item names: the one it began with, and the one that came of it once that is there. */
export function idsOf(row: ItemRow, job: Pick<Job, "type">) {
  const isThere = row.state === "done" || row.state === "skipped";
  return {
    imageId: job.type === "export" || isThere ? row.imageId : null,
    providerFileId: job.type === "import" || isThere ? row.providerFileId : null,
  };
}
