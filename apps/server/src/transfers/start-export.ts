import { sql } from "drizzle-orm";
import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { checkFileCount } from "./check-file-count.ts";
import type { Repeatable } from "./idempotency/index.ts";
import { insertJob } from "./insert-job.ts";
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
  readonly repeatable?: Repeatable | null;
}

/** Missing images that an error names at the most. */
const NAMED_MISSING = 10;

/**
 * Checks an export and writes it as a job; workers do the rest.
 * @returns the job's id
 * @throws {DrivewayError} `too_many_files`, `connection_not_found`, `forbidden`, `REAUTH_REQUIRED`, `image_not_found`,
 *   `too_many_open_jobs`
 */
export async function startExport(parts: StartParts, order: ExportOrder): Promise<string> {
  const { tenantId, userId } = order.principal;
  const items = "count" in order.imageIds ? order.imageIds : exportItems(order.imageIds);
  checkFileCount({ field: "image_ids", count: items.count }, parts.limits);
  const connection = await parts.connections.getOwnConnection({
    principal: order.principal,
    id: order.connectionId,
  });
  await requireImages(parts, tenantId, items);
  return insertJob(
    { ...parts, now: new Date(parts.clock.now()) },
    {
      type: "export",
      tenantId,
      userId,
      connectionId: connection.id,
      repeatable: order.repeatable ?? null,
      provider: connection.provider,
      options: { folderId: order.folderId, folderName: order.folderName },
      items,
    },
  );
}

/** All of them in one question, whose answer is as short as it should be: nothing is missing. */
async function requireImages(
  parts: Pick<StartParts, "db">,
  tenantId: string,
  items: NewItems,
): Promise<void> {
  const { rows } = await parts.db.execute<{ id: string; missing: number }>(sql`
    select item.image as id, (count(*) over ())::int as missing
    from rows from (json_to_recordset(${sql.param(items.json)}::json) as (image text))
      with ordinality as item (image, ordinal)
    where not exists (
      select from images image where image.tenant_id = ${tenantId} and image.id = item.image
    )
    order by item.ordinal limit ${NAMED_MISSING}`);
  const [first] = rows;
  if (first === undefined) return;
  const sentence =
    first.missing === 1
      ? `The image ${first.id} is not in the library.`
      : `${first.missing} images are not in the library, ${first.id} among them.`;
  throw new DrivewayError("image_not_found", sentence, {
    details: { image_ids: rows.map(({ id }) => id), missing: first.missing },
  });
}
