import { setTimeout as delay } from "node:timers/promises";
import type { PgBoss } from "pg-boss";
import type { Log } from "../platform/index.ts";

/** pg-boss lets one process through per second, counted from the last pass; waiting as long after a pass fits that. */
const PAUSE_MS = 1000;

/**
 * Looks every second for messages whose worker has fallen silent, so that they come again, and clears settled ones
 * away. Any number of workers may do so at once.
 * @returns ends it
 */
export function supervise(boss: PgBoss, log: Log): { stop(): Promise<void> } {
  const ending = new AbortController();
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await boss.supervise();
      } catch (error) {
        if (!ending.signal.aborted) log.error({ err: error }, "the queue could not be looked after");
      }
      await delay(PAUSE_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    async stop() {
      ending.abort();
      await looping;
    },
  };
}
