import type { Database } from "../db/index.ts";
import type { ItemState } from "./job.ts";
import { idsOf, type ItemPlace, readItemPage } from "./read-item-page.ts";

/** How one file of a job stands or ended. */
export interface JobItem {
  readonly position: number;
  readonly state: ItemState;
  readonly name: string;
  /** The image that an import made, or that an export took; null while an import has not made it. */
  readonly imageId: string | null;
  /** The file that an import took, or that an export made; null while an export has not made it. */
  readonly providerFileId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly bytesDone: number;
}

/**
 * The items of the caller's own job, in the order of the request.
 * @throws {DrivewayError} `job_not_found`, `forbidden` for a colleague's
 */
export async function listJobItems(
  parts: { readonly db: Database; readonly now: () => Date },
  place: ItemPlace,
): Promise<{ readonly items: readonly JobItem[]; readonly nextAfterPosition: number | null }> {
  const { job, rows, nextAfterPosition } = await readItemPage(parts, place);
  const items = rows.map(
    (row): JobItem => ({
      position: row.position,
      state: row.state,
      name: row.name,
      ...idsOf(row, job),
      errorCode: row.errorCode,
      errorMessage: row.errorMessage,
      bytesDone: row.bytesDone,
    }),
  );
  return { items, nextAfterPosition };
}
