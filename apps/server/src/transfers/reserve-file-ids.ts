import { sql } from "drizzle-orm";
import type { Database } from "../db/index.ts";
import { type Drive, DriveError } from "../drives/index.ts";
import type { TakenChunk } from "./begin-chunk.ts";
import type { ItemRow } from "./job.ts";

/**
 * Gives items of an export chunk the ids that their files will have in the Drive, and stores them before the first
 * byte moves: a repetition finds the files under them. Ids of an earlier delivery stay.
 * @returns the file's id by the item's position; an item that is missing was ended by somebody else meanwhile
 */
export async function reserveFileIds(
  parts: { readonly db: Database; readonly drive: Drive; readonly signal: AbortSignal },
  chunk: TakenChunk,
  items: readonly ItemRow[],
): Promise<ReadonlyMap<number, string>> {
  const without = items.filter((item) => item.providerFileId === null);
  const known = items.flatMap(({ position, providerFileId }): [number, string][] =>
    providerFileId === null ? [] : [[position, providerFileId]],
  );
  if (without.length === 0) return new Map(known);
  const ids = await parts.drive.reserveIds(without.length, parts.signal);
  if (ids.length < without.length) {
    throw new DriveError("try_later", "The Drive reserved too few ids.", { reason: "no_ids" });
  }
  const { rows } = await parts.db.execute<{ position: number; fileId: string }>(sql`
    update transfer_items item set provider_file_id = reserved.file_id
    from unnest(
      ${sql.param(without.map(({ position }) => position))}::int[],
      ${sql.param(ids.slice(0, without.length))}::text[]
    ) as reserved (position, file_id), transfer_chunks chunk
    where item.tenant_id = ${chunk.job.tenantId} and item.job_id = ${chunk.job.id}
      and item.position = reserved.position and item.state = 'running' and item.provider_file_id is null
      and chunk.tenant_id = item.tenant_id and chunk.job_id = item.job_id and chunk.number = item.chunk_number
      and chunk.state = 'released' and chunk.fencing_token = ${chunk.fencingToken}
    returning item.position, item.provider_file_id as "fileId"`);
  return new Map([...known, ...rows.map(({ position, fileId }): [number, string] => [position, fileId])]);
}
