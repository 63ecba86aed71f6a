import { sql } from "drizzle-orm";
import type { Transaction } from "../db/index.ts";
import type { DriveFile } from "../drives/index.ts";
import { newId } from "../platform/index.ts";
import type { ItemError } from "./item-errors.ts";
import type { JobRow } from "./job.ts";

/** A file that becomes an item of a job that exists. */
export interface AppendedFile {
  readonly id: string;
  readonly name: string;
  readonly resourceKey: string | null;
  /** What is known of it; null when nothing is. */
  readonly facts: DriveFile | null;
}

/**
 * Appends items to an import, in chunks of their own behind the others. The job's row is locked by the caller, who books them.
 * @param added.chunkSizes how many items each chunk takes; together as many as there are files
 * @param added.end null for items that wait for a worker; else how they have ended already
 */
export async function appendItems(
  tx: Transaction,
  job: Pick<JobRow, "id" | "tenantId" | "connectionId">,
  added: {
    readonly files: readonly AppendedFile[];
    readonly chunkSizes: readonly number[];
    readonly end: {
      readonly state: "failed" | "cancelled";
      readonly error: ItemError;
      readonly now: Date;
    } | null;
  },
): Promise<void> {
  const { files, chunkSizes, end } = added;
  if (files.length === 0) return;
  const next = await readNext(tx, job);
  const chunkNumbers = chunkSizes.flatMap((size, index) => Array<number>(size).fill(next.chunk + index));
  const isDescribed = chunkSizes.map((_, index) =>
    files.every(({ facts }, at) => chunkNumbers[at] !== next.chunk + index || isTold(facts)),
  );
  await tx.execute(sql`
    insert into transfer_chunks (job_id, number, tenant_id, connection_id, state, described)
    select ${job.id}, ${next.chunk}::int + chunk.ordinal::int - 1, ${job.tenantId}, ${job.connectionId}::uuid,
      ${end === null ? "waiting" : "settled"}, chunk.described
    from unnest(${sql.param(isDescribed)}::boolean[]) with ordinality as chunk (described, ordinal)`);
  await tx.execute(sql`
    insert into transfer_items (job_id, position, tenant_id, chunk_number, state, provider_file_id, image_id, name,
      resource_key, facts, size_bytes, error_code, error_message, finished_at)
    select ${job.id}, ${next.position}::int + item.ordinal::int - 1, ${job.tenantId}, item.chunk_number,
      ${end?.state ?? "pending"}, item.file_id, item.image_id, item.name, item.resource_key, item.facts::jsonb,
      item.size_bytes, ${end?.error.code ?? null}, ${end?.error.message ?? null},
      ${end?.now.toISOString() ?? null}::timestamptz
    from unnest(
      ${sql.param(chunkNumbers)}::int[],
      ${sql.param(files.map(({ id }) => id))}::text[],
      ${sql.param(files.map(() => newId("img")))}::text[],
      ${sql.param(files.map(({ name }) => name))}::text[],
      ${sql.param(files.map(({ resourceKey }) => resourceKey))}::text[],
      ${sql.param(files.map(({ facts }) => (facts === null ? null : JSON.stringify(facts))))}::text[],
      ${sql.param(files.map(({ facts }) => facts?.sizeBytes ?? null))}::bigint[]
    ) with ordinality as item (chunk_number, file_id, image_id, name, resource_key, facts, size_bytes, ordinal)`);
}

function isTold(facts: DriveFile | null): boolean {
  return facts !== null && facts.kind !== "shortcut";
}

async function readNext(
  tx: Transaction,
  job: Pick<JobRow, "id" | "tenantId">,
): Promise<{ readonly chunk: number; readonly position: number }> {
  const { rows } = await tx.execute<{ chunk: number; position: number }>(sql`
    select
      (select coalesce(max(number) + 1, 0)::int from transfer_chunks
        where tenant_id = ${job.tenantId} and job_id = ${job.id}) as chunk,
      (select coalesce(max(position) + 1, 0)::int from transfer_items
        where tenant_id = ${job.tenantId} and job_id = ${job.id}) as position`);
  return rows[0] ?? { chunk: 0, position: 0 };
}
