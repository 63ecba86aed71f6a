import type { Database } from "../db/index.ts";
import type { FolderMessage, Queue } from "../queue/index.ts";
import { closeFolders } from "./close-folders.ts";
import { bookItems } from "./end-job.ts";
import type { ItemError } from "./item-errors.ts";
import { lockJob } from "./lock-job.ts";
import { releaseChunks } from "./release-chunks.ts";
import type { TransferShape } from "./transfer-limits.ts";

/** Gives up a folder that cannot be listed: it becomes one failed item, and the job goes on. */
export async function failFolder(
  parts: {
    readonly db: Database;
    readonly queue: Queue;
    readonly shape: TransferShape;
    readonly now: Date;
  },
  folder: FolderMessage,
  reason: ItemError,
): Promise<void> {
  const { now } = parts;
  await parts.db.transaction(async (tx) => {
    const job = await lockJob(tx, folder);
    if (job === null || job.completedAt !== null) return;
    const { folderId } = folder;
    const closed = await closeFolders(tx, job, { endState: "failed", reason, now, folderId });
    const change = { failed: closed, openFolders: -closed };
    const hasEnded = await bookItems(tx, { job, change, stop: null, now });
    if (hasEnded) await releaseChunks(tx, { tenantId: job.tenantId, ...parts });
  });
}
