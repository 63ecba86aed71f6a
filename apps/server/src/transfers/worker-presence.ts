import { eq, lt, sql } from "drizzle-orm";
import { type Database, workers } from "../db/index.ts";
import type { Log } from "../platform/index.ts";

const BEAT_MS = 5_000;
/** A worker that was not seen for so long is believed gone. */
const GONE_AFTER_SECONDS = 15;
/** Rows of workers that ended without a word are kept for so long. */
const KEPT_SECONDS = 3600;

/** Whether any worker was seen lately, within a statement. All by the database's clock. */
export function seesWorker() {
  return sql<boolean>`exists (
    select from workers where seen_at > now() - make_interval(secs => ${GONE_AFTER_SECONDS})
  )`;
}

/**
 * Says every five seconds that this worker is there, and clears away those that were not seen for an hour.
 * @returns says that it is gone
 */
export function announceWorker(
  parts: { readonly db: Database; readonly log: Log },
  worker: { readonly id: string; readonly version: string },
): () => Promise<void> {
  const { db, log } = parts;
  const seenAt = sql`now()`;
  const tell = (work: () => PromiseLike<unknown>) =>
    Promise.resolve(work()).catch((error: unknown) =>
      log.error({ err: error }, "the worker could not say that it is there"),
    );
  let telling: Promise<unknown> = Promise.resolve();
  const beat = () => {
    telling = tell(async () => {
      await db
        .insert(workers)
        .values({ ...worker, seenAt })
        .onConflictDoUpdate({ target: workers.id, set: { seenAt } });
      await db.delete(workers).where(lt(workers.seenAt, sql`now() - make_interval(secs => ${KEPT_SECONDS})`));
    });
  };
  beat();
  const timer = setInterval(beat, BEAT_MS).unref();
  return async () => {
    clearInterval(timer);
    await telling;
    await tell(() => db.delete(workers).where(eq(workers.id, worker.id)));
  };
}
