import { sql } from "drizzle-orm";
import { type Database, idempotencyKeys } from "../../db/index.ts";
import { isKey } from "./is-key.ts";
import type { KeyOwner, Repeatable } from "./repeatable.ts";

/**
 * Keeps the reply that a request is answered with, for its repetitions. The first one stays.
 * @param reply null when there is nobody to answer any more; a repetition is answered from the job then
 * @returns what every repetition is answered with from now on; null when there is none
 */
export async function settleKey(
  db: Database,
  owner: KeyOwner,
  repeatable: Repeatable,
  reply: string | null,
): Promise<string | null> {
  const [row] = await db
    .update(idempotencyKeys)
    .set({ reply: sql`coalesce(${idempotencyKeys.reply}, ${reply}::text)`, waitingUntil: null })
    .where(isKey(owner, repeatable))
    .returning({ reply: idempotencyKeys.reply });
  return row?.reply ?? reply;
}
