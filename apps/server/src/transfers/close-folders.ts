import { and, eq } from "drizzle-orm";
import { type Transaction, transferFolders } from "../db/index.ts";
import { appendItems } from "./append-items.ts";
import type { ItemError } from "./item-errors.ts";
import type { JobRow } from "./job.ts";

/**
 * Gives up folders that are still to be listed. Each becomes an item that says why, so that nobody believes them listed, and
 * another try of that item lists it from its beginning. The job's row is locked by the caller, who books what is returned.
 * @param params.folderId one folder alone; all that are open when left out
 * @returns how many were open
 */
export async function closeFolders(
  tx: Transaction,
  job: Pick<JobRow, "id" | "tenantId" | "connectionId">,
  params: {
    readonly endState: "failed" | "cancelled";
    readonly reason: ItemError;
    readonly now: Date;
    readonly folderId?: string;
  },
): Promise<number> {
  const { endState: state, reason: error, now, folderId } = params;
  const closed = await tx
    .delete(transferFolders)
    .where(
      and(
        eq(transferFolders.tenantId, job.tenantId),
        eq(transferFolders.jobId, job.id),
        eq(transferFolders.state, "open"),
        folderId === undefined ? undefined : eq(transferFolders.folderId, folderId),
      ),
    )
    .returning({
      id: transferFolders.folderId,
      name: transferFolders.name,
      resourceKey: transferFolders.resourceKey,
    });
  const files = closed.map((folder) => ({ ...folder, facts: null }));
  await appendItems(tx, job, { files, chunkSizes: [files.length], end: { state, error, now } });
  return closed.length;
}
