import { sql } from "drizzle-orm";
import type { Transaction } from "../../db/index.ts";
import { type KeyOwner, KeyTakenError, keyInFlight, type Repeatable } from "./repeatable.ts";

/** What the answer may take beyond the wait itself, before the first request counts as lost. */
const ANSWER_MS = 5_000;

/**
 * Writes the key of a request in the transaction that does what it asks for, so that a process which dies leaves both or
 * neither. Of two requests at the same time one gets through; the other does not wait for it.
 * @param repeatable null when the request brought no key
 * @throws {DrivewayError} `idempotency_key_in_flight` while another transaction writes the same key
 * @throws {KeyTakenError} when the key is there already
 */
export async function keepKey(
  tx: Transaction,
  job: KeyOwner & { readonly jobId: string },
  repeatable: Repeatable | null,
): Promise<void> {
  if (repeatable === null) return;
  const { tenantId, userId, jobId } = job;
  const { operation, key, requestSha256, waitMs } = repeatable;
  const name = `idempotency key ${JSON.stringify([tenantId, userId, operation, key])}`;
  const { rows } = await tx.execute<{ isMine: boolean }>(
    sql`select pg_try_advisory_xact_lock(hashtextextended(${name}, 0)) as "isMine"`,
  );
  if (rows[0]?.isMine !== true) throw keyInFlight();
  const { rowCount } = await tx.execute(sql`
    insert into idempotency_keys (tenant_id, user_id, operation, key, request_sha256, job_id, waiting_until)
    values (${tenantId}, ${userId}, ${operation}, ${key}, ${requestSha256}, ${jobId}, ${waitingUntil(waitMs)})
    on conflict (tenant_id, user_id, operation, key) do nothing`);
  if (rowCount === 0) throw new KeyTakenError();
}

/** By the database's clock, which all processes share. */
export function waitingUntil(waitMs: number) {
  if (waitMs === 0) return sql`null::timestamptz`;
  return sql`now() + ${waitMs + ANSWER_MS}::int * interval '1 millisecond'`;
}
