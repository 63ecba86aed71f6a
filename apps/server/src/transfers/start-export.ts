import { sql } from "drizzle-orm";
import { DriveError } from "../drives/index.ts";
import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { checkFileCount } from "./check-file-count.ts";
import { checkTarget } from "./check-target.ts";
import type { Repeatable } from "./idempotency/index.ts";
import { insertJob } from "./insert-job.ts";
import type { OnConflict } from "./job.ts";
import { exportItems, type NewItems } from "./new-items.ts";
import type { StartParts } from "./start-import.ts";

/** An export as it was asked for. */
export interface ExportOrder {
  readonly principal: Principal;
  readonly connectionId: string;
  /** As they were named, or read already. */
  readonly imageIds: readonly string[] | NewItems;
  /** An existing folder; null for the root of the user's own drive. */
  readonly folderId: string | null;
  /** A folder to make there; null for none. */
  readonly folderName: string | null;
  /** `keep_both` when left out. */
  readonly onConflict?: OnConflict;
  readonly repeatable?: Repeatable | null;
}

/** Missing images that an error names at the most. */
const NAMED_MISSING = 10;

/**
 * Checks an export and writes it as a job; workers do the rest. An image that is named twice is one item.
 * @returns the job's id
 * @throws {DrivewayError} `too_many_files`, `connection_not_found`, `forbidden`, `REAUTH_REQUIRED`, `image_not_found`,
 *   `not_a_folder`, `folder_trashed`, `provider_quota_full`, `too_many_open_jobs`
 */
export async function startExport(parts: StartParts, order: ExportOrder): Promise<string> {
  const { tenantId, userId } = order.principal;
  const items = "count" in order.imageIds ? order.imageIds : exportItems(order.imageIds);
  checkFileCount({ field: "image_ids", count: items.count }, parts.limits);
  const connection = await parts.connections.getOwnConnection({
    principal: order.principal,
    id: order.connectionId,
  });
  const { folderName, onConflict = "keep_both" } = order;
  const sizeBytes = await measureImages(parts, tenantId, items);
  const folderId = await lookAtTarget(parts, order, onConflict === "keep_both" ? sizeBytes : null);
  return insertJob(
    { ...parts, now: new Date(parts.clock.now()) },
    {
      type: "export",
      tenantId,
      userId,
      connectionId: connection.id,
      repeatable: order.repeatable ?? null,
      provider: connection.provider,
      options: { folderId, folderName, onConflict },
      items,
    },
  );
}

/** @returns the id of the folder to put everything into, or to make the new one in */
async function lookAtTarget(
  parts: StartParts,
  { principal, connectionId, folderId }: ExportOrder,
  sizeBytes: number | null,
): Promise<string | null> {
  const { tenantId } = principal;
  try {
    const drive = await parts.connections.driveFor({ tenantId, connectionId }, { kind: "interactive" });
    return (await checkTarget({ ...parts, drive }, { folderId, sizeBytes })).folderId;
  } catch (error) {
    if (!(error instanceof DriveError)) throw error;
    // The grant has just turned out to be dead, which the connection says from now on, unless somebody has renewed it.
    await parts.connections.getOwnConnection({ principal, id: connectionId });
    return folderId;
  }
}

/**
 * Makes sure of all images in one question, however many there are.
 * @returns how large they are together, in bytes
 */
async function measureImages(
  parts: Pick<StartParts, "db">,
  tenantId: string,
  items: NewItems,
): Promise<number> {
  const { rows } = await parts.db.execute<{ bytes: string; missing: number; ids: string[] | null }>(sql`
    select coalesce(sum(image.size_bytes), 0) as bytes, count(*) filter (where image.id is null)::int as missing,
      (array_agg(item.image order by item.ordinal) filter (where image.id is null))[1:${sql.raw(String(NAMED_MISSING))}] as ids
    from rows from (json_to_recordset(${sql.param(items.json)}::json) as (image text))
      with ordinality as item (image, ordinal)
    left join images image on image.tenant_id = ${tenantId} and image.id = item.image`);
  const { bytes = "0", missing = 0, ids } = rows[0] ?? {};
  const [first] = ids ?? [];
  if (first === undefined) return Number(bytes);
  const sentence =
    missing === 1
      ? `The image ${first} is not in the library.`
      : `${missing} images are not in the library, ${first} among them.`;
  throw new DrivewayError("image_not_found", sentence, { details: { image_ids: ids, missing } });
}
