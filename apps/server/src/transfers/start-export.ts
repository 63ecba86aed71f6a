import type { Principal } from "../identity/index.ts";
import { DrivewayError } from "../platform/index.ts";
import { checkFileCount } from "./check-file-count.ts";
import type { Repeatable } from "./idempotency/index.ts";
import { insertJob } from "./insert-job.ts";
import type { StartParts } from "./start-import.ts";

/** An export as it was asked for. */
export interface ExportOrder {
  readonly principal: Principal;
  readonly connectionId: string;
  readonly imageIds: readonly string[];
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
  checkFileCount({ field: "image_ids", count: order.imageIds.length }, parts.limits);
  const connection = await parts.connections.getOwnConnection({
    principal: order.principal,
    id: order.connectionId,
  });
  const nameById = await requireImages(parts, tenantId, order.imageIds);
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
      items: order.imageIds.map((imageId) => ({
        providerFileId: null,
        imageId,
        name: nameById.get(imageId) ?? "",
      })),
    },
  );
}

/** The names of the images by their ids. */
async function requireImages(
  parts: StartParts,
  tenantId: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const images = await parts.library.findImages({ tenantId, ids });
  const nameById = new Map(images.map((image) => [image.id, image.filename]));
  const missing = ids.filter((id) => !nameById.has(id));
  const [first] = missing;
  if (first === undefined) return nameById;
  const sentence =
    missing.length === 1
      ? `The image ${first} is not in the library.`
      : `${missing.length} images are not in the library, ${first} among them.`;
  throw new DrivewayError("image_not_found", sentence, {
    details: { image_ids: missing.slice(0, NAMED_MISSING), missing: missing.length },
  });
}
