import type { Database } from "../db/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import { sweepEvents } from "./audit/sweep-events.ts";
import { sweepRunOut } from "./sweep-run-out.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Removes what nobody needs any more, now and once a day: old events of the audit log, and sessions and invitations that
 * have run out.
 * @param params.days how long events are kept; 0 for ever
 * @returns what ends it
 */
export function startSweeping(
  parts: { readonly db: Database; readonly clock: Clock; readonly log: Log },
  params: { readonly days: number },
): () => Promise<void> {
  let sweeping: Promise<unknown> = Promise.resolve();
  const sweep = () => {
    const tell = (what: string) => (removed: number) => {
      if (removed > 0) parts.log.info({ removed }, what);
    };
    const events = sweepEvents(parts, params).then(
      tell("old events were removed from the audit log"),
      (error: unknown) => parts.log.error({ err: error }, "the audit log could not be swept"),
    );
    const runOut = sweepRunOut(parts).then(
      tell("sessions and invitations that have run out were removed"),
      (error: unknown) => parts.log.error({ err: error }, "sessions and invitations could not be swept"),
    );
    sweeping = Promise.all([events, runOut]);
  };
  sweep();
  const timer = setInterval(sweep, DAY_MS).unref();
  return async () => {
    clearInterval(timer);
    await sweeping;
  };
}
