import { and, eq, sql } from "drizzle-orm";
import { type Database, idempotencyKeys, transferJobs } from "../../db/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { isKey } from "./is-key.ts";
import { waitingUntil } from "./keep-key.ts";
import { type KeyOwner, keyInFlight, type Repeatable } from "./repeatable.ts";

/** What is known of a request that came before. */
export interface Repetition {
  /** The job that came of it. */
  readonly jobId: string;
  /** As it was answered; null when nobody got an answer, because the process died or the client went. */
  readonly reply: string | null;
}

/**
 * Looks for an earlier request with the same key. One that was never answered is taken over: this request waits for the
 * job in its place.
 * @returns null when the key is new
 * @throws {DrivewayError} `idempotency_key_reused` for another request, `idempotency_key_in_flight` while the first waits
 */
export async function findRepetition(
  db: Database,
  owner: KeyOwner,
  repeatable: Repeatable,
): Promise<Repetition | null> {
  const [row] = await db
    .select({
      jobId: idempotencyKeys.jobId,
      reply: idempotencyKeys.reply,
      requestSha256: idempotencyKeys.requestSha256,
      isWaiting: sql<boolean>`coalesce(${idempotencyKeys.waitingUntil} > now(), false)`,
      completedAt: transferJobs.completedAt,
    })
    .from(idempotencyKeys)
    .innerJoin(
      transferJobs,
      and(eq(transferJobs.tenantId, idempotencyKeys.tenantId), eq(transferJobs.id, idempotencyKeys.jobId)),
    )
    .where(isKey(owner, repeatable));
  if (row === undefined) return null;
  if (!row.requestSha256.equals(repeatable.requestSha256)) {
    const sentence = "This Idempotency-Key came with another request before; a new request needs a new key.";
    throw new DrivewayError("idempotency_key_reused", sentence, { details: { field: "idempotency-key" } });
  }
  if (row.reply !== null) return { jobId: row.jobId, reply: row.reply };
  if (row.isWaiting && row.completedAt === null) throw keyInFlight();
  await db
    .update(idempotencyKeys)
    .set({ waitingUntil: waitingUntil(repeatable.waitMs) })
    .where(isKey(owner, repeatable));
  return { jobId: row.jobId, reply: null };
}
