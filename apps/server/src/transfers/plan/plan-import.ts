import { asDrivewayErrors } from "../../connections/index.ts";
import type { Database } from "../../db/index.ts";
import { DriveError, type ProviderProperties } from "../../drives/index.ts";
import type { Library } from "../../library/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { checkFileCount } from "../check-file-count.ts";
import { itemErrorOf } from "../item-errors.ts";
import type { NamedFile } from "../new-items.ts";
import { planItem } from "../plan-item.ts";
import { traitsOf } from "../plan-items.ts";
import type { ImportOrder } from "../start-import.ts";
import { requireCollection } from "../require-collection.ts";
import type { TransferConnections } from "../transfer-connections.ts";
import type { TransferLimits } from "../transfer-limits.ts";
import { uniqueFiles } from "../unique-files.ts";
import { estimateSeconds } from "./estimate-seconds.ts";
import { lookAtFiles, type SeenFiles } from "./look-at-files.ts";

/** What an import would do. */
export interface ImportPlan {
  /** Files that were looked at, those in folders among them. */
  readonly totalFiles: number;
  readonly importable: number;
  /** Files whose content is in the library already. */
  readonly duplicates: number;
  /** Files that would fail, by the code that they would fail with. */
  readonly unsupported: Readonly<Record<string, number>>;
  /** Files in folders that are no pictures. */
  readonly ignored: number;
  /** Whether the grant sees everything in the folders; null when there is none. */
  readonly visibility: "full" | "partial" | null;
  /** Of the importable files, as far as their sizes are known. */
  readonly bytes: number;
  /** What the import would spend of the provider's quota. */
  readonly quotaUnits: number;
  readonly estimatedSeconds: number;
  /** False when there is more than one look takes: the numbers are of a part. */
  readonly isComplete: boolean;
}

/**
 * Tells what an import would do, and does nothing. At most 1,000 files are described and 20 pages of folders listed.
 * @throws {DrivewayError} as {@link startImport}, and what the provider's refusals are called
 */
export async function planImport(
  parts: {
    readonly db: Database;
    readonly connections: TransferConnections;
    readonly library: Library;
    readonly limits: TransferLimits;
  },
  order: Pick<ImportOrder, "principal" | "connectionId" | "collectionId" | "onDuplicate"> & {
    readonly files: readonly NamedFile[];
    readonly signal: AbortSignal;
  },
): Promise<ImportPlan> {
  const { tenantId } = order.principal;
  const files = uniqueFiles(order.files);
  checkFileCount({ field: "files", count: files.length }, parts.limits);
  const connection = await parts.connections.getOwnConnection({
    principal: order.principal,
    id: order.connectionId,
  });
  if (order.collectionId !== null) await requireCollection(parts, tenantId, order.collectionId);
  const properties = parts.connections.propertiesOf(connection.provider);
  if (properties === null) throw new DrivewayError("unknown_provider", "The provider is not configured.");
  const wanted = { tenantId, connectionId: connection.id };
  const drive = await parts.connections.driveFor(wanted, { kind: "interactive" });
  const seen = await asDrivewayErrors(() => lookAtFiles({ drive, properties }, files, order.signal));
  const counts = await count({ ...parts, properties }, { ...order, provider: connection.provider, seen });
  const { costs } = properties.pace;
  const quotaUnits =
    counts.importable * costs.download + seen.describedFiles * costs.read + seen.listedPages * costs.list;
  const work = { files: counts.importable, bytes: counts.bytes, units: quotaUnits };
  return {
    ...counts,
    ignored: seen.ignored,
    visibility: seen.hasFolders ? (connection.seesAllFiles ? "full" : "partial") : null,
    quotaUnits,
    estimatedSeconds: estimateSeconds(work, properties.userUnitsPerMinute),
    isComplete: seen.isComplete,
  };
}

async function count(
  parts: {
    readonly db: Database;
    readonly library: Library;
    readonly limits: TransferLimits;
    readonly properties: ProviderProperties;
  },
  wanted: Pick<ImportOrder, "principal" | "onDuplicate"> & {
    readonly provider: string;
    readonly seen: SeenFiles;
  },
): Promise<Pick<ImportPlan, "totalFiles" | "importable" | "duplicates" | "unsupported" | "bytes">> {
  const { files } = wanted.seen;
  const traits = files.flatMap(({ description }, key) =>
    description?.kind === "file" ? [traitsOf(key, wanted.provider, description.file)] : [],
  );
  const known =
    wanted.onDuplicate === "copy"
      ? null
      : await parts.library.findKnownImages(parts.db, { ...wanted.principal, files: traits });
  const unsupported: Record<string, number> = {};
  let [importable, duplicates, bytes] = [0, 0, 0];
  const limits = { maxFileBytes: parts.limits.maxFileBytes, exportAs: parts.properties.exportAs };
  for (const [position, { description }] of files.entries()) {
    const plan = planItem({ position, description, known: known?.get(position) }, limits);
    if (plan.kind === "fetch") {
      importable += 1;
      bytes += plan.file.sizeBytes ?? 0;
    } else if (plan.kind === "settle" && plan.outcome.state === "skipped") duplicates += 1;
    else {
      const code = codeOf(plan);
      unsupported[code] = (unsupported[code] ?? 0) + 1;
    }
  }
  return { totalFiles: files.length, importable, duplicates, unsupported, bytes };
}

function codeOf(plan: ReturnType<typeof planItem>): string {
  if (plan.kind === "settle" && plan.outcome.state === "failed") return plan.outcome.error.code;
  return plan.kind === "fault" && plan.error instanceof DriveError
    ? itemErrorOf(plan.error).code
    : "provider_failed";
}
