import { and, eq, inArray } from "drizzle-orm";
import { type Transaction, transferItems } from "../db/index.ts";
import type { Queue } from "../queue/index.ts";
import { bookItems } from "./end-job.ts";
import type { JobRow } from "./job.ts";
import { type FoundFolder, openFolders } from "./open-folders.ts";
import { type ItemFacts, writeFacts } from "./write-facts.ts";

/** What was learned of a chunk's files. */
export interface ChunkNews {
  readonly facts: readonly ItemFacts[];
  /** Items that turned out to be folders. */
  readonly folders: readonly (FoundFolder & { readonly position: number })[];
}

/**
 * Writes what was learned of files whose items are in the state `from`: facts and sizes to their items; items that are folders
 * leave the job and its counters, and become folders that are to be listed. The job's row is locked by the caller.
 * @returns whether the job has ended by that
 */
export async function writeNews(
  tx: Transaction,
  parts: { readonly queue: Queue; readonly now: Date },
  wanted: { readonly job: JobRow; readonly from: "pending" | "running"; readonly news: ChunkNews },
): Promise<boolean> {
  const { job, from, news } = wanted;
  const grown = await writeFacts(tx, job, { from, facts: news.facts });
  const removed = await removeItems(tx, wanted);
  const opened = await openFolders(tx, parts, job, removed.folders);
  const bytesTotal = grown - removed.bytes;
  const change = { [from]: -removed.folders.length, openFolders: opened, bytesTotal };
  return bookItems(tx, { job, change, stop: null, now: parts.now });
}

/** Returns the folders whose items were there to be removed, and what sizes these had by the request. */
async function removeItems(
  tx: Transaction,
  { job, from, news }: Parameters<typeof writeNews>[2],
): Promise<{ readonly folders: readonly FoundFolder[]; readonly bytes: number }> {
  if (news.folders.length === 0) return { folders: [], bytes: 0 };
  const removed = await tx
    .delete(transferItems)
    .where(
      and(
        eq(transferItems.tenantId, job.tenantId),
        eq(transferItems.jobId, job.id),
        inArray(
          transferItems.position,
          news.folders.map(({ position }) => position),
        ),
        eq(transferItems.state, from),
      ),
    )
    .returning({ position: transferItems.position, sizeBytes: transferItems.sizeBytes });
  const positions = new Set(removed.map(({ position }) => position));
  return {
    folders: news.folders.filter(({ position }) => positions.has(position)),
    bytes: removed.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0),
  };
}
