import { sql } from "drizzle-orm";
import type { Transaction } from "../db/index.ts";
import type { DriveFile } from "../drives/index.ts";

/** What the provider said of an item's file. */
export interface ItemFacts {
  readonly position: number;
  readonly file: DriveFile;
}

/**
 * Writes what the provider said of files to their items, as long as these are in the state `from`. The job's row is locked by
 * the caller, who books the growth.
 * @returns by how many bytes the known sizes of the job have grown
 */
export async function writeFacts(
  tx: Transaction,
  job: { readonly tenantId: string; readonly id: string },
  wanted: { readonly from: "pending" | "running"; readonly facts: readonly ItemFacts[] },
): Promise<number> {
  if (wanted.facts.length === 0) return 0;
  const files = wanted.facts.map(({ file }) => file);
  const { rows } = await tx.execute<{ grown: number }>(sql`
    update transfer_items item
    set facts = told.facts::jsonb, size_bytes = told.size_bytes
    from unnest(
      ${sql.param(wanted.facts.map(({ position }) => position))}::int[],
      ${sql.param(files.map((file) => JSON.stringify(file)))}::text[],
      ${sql.param(files.map(({ sizeBytes }) => sizeBytes))}::bigint[]
    ) as told (position, facts, size_bytes)
    join transfer_items before on before.tenant_id = ${job.tenantId} and before.job_id = ${job.id}
      and before.position = told.position
    where item.tenant_id = ${job.tenantId} and item.job_id = ${job.id}
      and item.position = told.position and item.state = ${wanted.from}
    returning (coalesce(item.size_bytes, 0) - coalesce(before.size_bytes, 0))::float8 as grown`);
  return rows.reduce((sum, { grown }) => sum + Number(grown), 0);
}
