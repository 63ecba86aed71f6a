import { and, asc, eq, gt, notExists, notInArray } from "drizzle-orm";
import type { BlobStore } from "../blobs/index.ts";
import { type Database, images, transferItems, transferJobs } from "../db/index.ts";
import type { Queue } from "../queue/index.ts";
import { CHUNK_LANES } from "./release-chunks.ts";
import { removeTries } from "./remove-tries.ts";

const JOBS_PER_LOOK = 100;
const ITEMS_PER_LOOK = 1_000;

type Parts = { readonly db: Database; readonly queue: Queue; readonly blobs: BlobStore };
type ErasedJob = Pick<typeof transferJobs.$inferSelect, "id" | "type">;

/**
 * Deletes the jobs of a user, or of a whole tenant, with their items. All of them have ended before. An import's items
 * name the blobs that no image came of; those go first, so that a repetition after a crash finds what is left. For
 * the same reason a job stays while a worker may still write a blob of it.
 * @param wanted.userId null for all jobs of the tenant
 * @returns false when some had to stay: come again
 */
export async function eraseJobs(
  parts: Parts,
  wanted: { readonly tenantId: string; readonly userId: string | null; readonly signal: AbortSignal },
): Promise<boolean> {
  const { tenantId, userId, signal } = wanted;
  let isAllGone = true;
  for (let after = ""; ; ) {
    const jobs = await parts.db
      .select({ id: transferJobs.id, type: transferJobs.type })
      .from(transferJobs)
      .where(
        and(
          eq(transferJobs.tenantId, tenantId),
          userId === null ? undefined : eq(transferJobs.userId, userId),
          gt(transferJobs.id, after),
        ),
      )
      .orderBy(asc(transferJobs.id))
      .limit(JOBS_PER_LOOK);
    for (const job of jobs) {
      signal.throwIfAborted();
      isAllGone = (await eraseJob(parts, { tenantId, job, signal })) && isAllGone;
    }
    const last = jobs.at(-1);
    if (last === undefined) return isAllGone;
    after = last.id;
  }
}

async function eraseJob(
  parts: Parts,
  {
    tenantId,
    job,
    signal,
  }: { readonly tenantId: string; readonly job: ErasedJob; readonly signal: AbortSignal },
): Promise<boolean> {
  if (job.type === "import") {
    const message = { tenantId, jobId: job.id };
    const held = await Promise.all(CHUNK_LANES.map((lane) => parts.queue.isHeld(lane, message)));
    if (held.includes(true)) return false;
    await removeLeftBlobs(parts, { tenantId, jobId: job.id, signal });
  }
  await parts.db
    .delete(transferJobs)
    .where(and(eq(transferJobs.tenantId, tenantId), eq(transferJobs.id, job.id)));
  return true;
}

/** The blobs of items that no image came of: they were written before the item was stopped, or not at all. */
async function removeLeftBlobs(
  parts: Parts,
  {
    tenantId,
    jobId,
    signal,
  }: { readonly tenantId: string; readonly jobId: string; readonly signal: AbortSignal },
): Promise<void> {
  for (let after = -1; ; ) {
    signal.throwIfAborted();
    const items = await parts.db
      .select({ position: transferItems.position, imageId: transferItems.imageId })
      .from(transferItems)
      .where(
        and(
          eq(transferItems.tenantId, tenantId),
          eq(transferItems.jobId, jobId),
          notInArray(transferItems.state, ["done", "skipped"]),
          notExists(
            parts.db
              .select({ id: images.id })
              .from(images)
              .where(and(eq(images.tenantId, tenantId), eq(images.id, transferItems.imageId))),
          ),
          gt(transferItems.position, after),
        ),
      )
      .orderBy(asc(transferItems.position))
      .limit(ITEMS_PER_LOOK);
    const last = items.at(-1);
    if (last === undefined) return;
    await removeTries(parts.blobs, { tenantId, imageIds: items.map(({ imageId }) => imageId) });
    after = last.position;
  }
}
