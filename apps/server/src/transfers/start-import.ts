import type { Database } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import type { Library } from "../library/index.ts";
import { type Clock, newId } from "../platform/index.ts";
import type { Queue } from "../queue/index.ts";
import { checkFileCount } from "./check-file-count.ts";
import type { Repeatable } from "./idempotency/index.ts";
import { insertJob } from "./insert-job.ts";
import type { DuplicateChoice } from "./job.ts";
import { requireStorage } from "./quotas/require-storage.ts";
import { requireCollection } from "./require-collection.ts";
import type { TransferConnections } from "./transfer-connections.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";
import { uniqueFiles } from "./unique-files.ts";

/** What the start of a job needs. */
export interface StartParts {
  readonly db: Database;
  readonly queue: Queue;
  readonly connections: Pick<TransferConnections, "getOwnConnection">;
  readonly library: Library;
  readonly clock: Clock;
  readonly limits: TransferLimits;
  readonly shape: TransferShape;
}

/** An import as it was asked for. */
export interface ImportOrder {
  readonly principal: Principal;
  readonly connectionId: string;
  readonly files: readonly {
    readonly id: string;
    readonly name: string;
    /** As the request has it; null or left out when it does not. */
    readonly sizeBytes?: number | null;
    readonly resourceKey?: string | null;
  }[];
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
 * @throws {DrivewayError} `too_many_files`, `connection_not_found`, `forbidden`, `REAUTH_REQUIRED`, `collection_not_found`,
 *   `storage_quota_exceeded`, `too_many_open_jobs`
 */
export async function startImport(parts: StartParts, order: ImportOrder): Promise<string> {
  const { tenantId, userId } = order.principal;
  const files = uniqueFiles(order.files);
  checkFileCount({ field: "files", count: files.length }, parts.limits);
  const connection = await parts.connections.getOwnConnection({
    principal: order.principal,
    id: order.connectionId,
  });
  const sizes = files.map(({ sizeBytes }) => sizeBytes ?? null);
  await requireStorage(parts, { tenantId, sizes });
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
      items: files.map((file) => ({
        providerFileId: file.id,
        imageId: newId("img"),
        name: file.name,
        resourceKey: file.resourceKey ?? null,
      })),
    },
  );
}
