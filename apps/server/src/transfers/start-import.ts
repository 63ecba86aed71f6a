import type { Database } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import type { Library } from "../library/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import { checkFileCount } from "./check-file-count.ts";
import { checkToldBytes } from "./check-told-bytes.ts";
import type { Repeatable } from "./idempotency/index.ts";
import { insertJob } from "./insert-job.ts";
import type { DuplicateChoice } from "./job.ts";
import { importItems, type NamedFile, type NewItems } from "./new-items.ts";
import { requireStorage } from "./quotas/require-storage.ts";
import { requireCollection } from "./require-collection.ts";
import type { TransferConnections } from "./transfer-connections.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";

/** What the start of a job needs. */
export interface StartParts {
  readonly db: Database;
  readonly queue: Queue;
  readonly connections: Pick<TransferConnections, "getOwnConnection" | "driveFor">;
  readonly library: Library;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: TransferLimits;
  readonly shape: TransferShape;
}

/** An import as it was asked for. */
export interface ImportOrder {
  readonly principal: Principal;
  readonly connectionId: string;
  /** As they were named, or read already. */
  readonly files: readonly NamedFile[] | NewItems;
  readonly tags: readonly string[];
  readonly collectionId: string | null;
  readonly autoDescribe: boolean;
  /** `skip` when left out. */
  readonly onDuplicate?: DuplicateChoice;
  readonly repeatable?: Repeatable | null;
}

/**
 * Checks an import and writes it as a job, whatever its size; workers do the rest. A file that is named twice is one item.
 * @returns the job's id
 * @throws {DrivewayError} `too_many_files`, `validation_failed`, `connection_not_found`, `forbidden`, `REAUTH_REQUIRED`, `collection_not_found`,
 *   `storage_quota_exceeded`, `too_many_open_jobs`
 */
export async function startImport(parts: StartParts, order: ImportOrder): Promise<string> {
  const { tenantId, userId } = order.principal;
  const items = "count" in order.files ? order.files : importItems(order.files);
  checkFileCount({ field: "files", count: items.count }, parts.limits);
  checkToldBytes(items.bytes);
  const connection = await parts.connections.getOwnConnection({
    principal: order.principal,
    id: order.connectionId,
  });
  await requireStorage(parts, { tenantId, requestedBytes: items.bytes });
  if (order.collectionId !== null) await requireCollection(parts, tenantId, order.collectionId);
  return insertJob(
    { ...parts, now: new Date(parts.clock.now()) },
    {
      type: "import",
      tenantId,
      userId,
      connectionId: connection.id,
      repeatable: order.repeatable ?? null,
      provider: connection.provider,
      options: {
        tags: order.tags,
        collectionId: order.collectionId,
        autoDescribe: order.autoDescribe,
        onDuplicate: order.onDuplicate ?? "skip",
        seesAllFiles: connection.seesAllFiles,
      },
      items,
    },
  );
}
