import type { FastifyInstance } from "fastify";
import { LONGEST_WAIT_MS } from "../time-limits.ts";

/**
 * Gives a way to have requests wait: what is handed over is done after so many ms, at once for 0, and never when the
 * server closes before that. A client that leaves does not end the wait: what it asked for is done, as at Drive.
 */
export function holdRequests(app: FastifyInstance): (ms: number, act: () => void) => void {
  const held = new Set<NodeJS.Timeout>();
  app.addHook("preClose", (done) => {
    for (const timer of held) clearTimeout(timer);
    done();
  });
  return (ms, act) => {
    if (ms === 0) return act();
    const timer = setTimeout(
      () => {
        held.delete(timer);
        act();
      },
      Math.min(ms, LONGEST_WAIT_MS),
    );
    held.add(timer);
  };
}
