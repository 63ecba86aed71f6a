import { Transform } from "node:stream";
import { DriveError } from "../drives/index.ts";

/**
 * Passes bytes on and shows each chunk to `see`. When none comes for `idleMs` the stream breaks like a broken
 * connection does: `try_later`, timed out.
 */
export function createIdleGuard(params: {
  readonly idleMs: number;
  /** May throw to end the transfer. */
  readonly see: (chunk: Buffer) => void;
}): Transform {
  const timer = setTimeout(() => {
    guard.destroy(
      new DriveError("try_later", "The Drive stopped sending.", { reason: "idle", timedOut: true }),
    );
  }, params.idleMs);
  const guard = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      timer.refresh();
      try {
        params.see(chunk);
        done(null, chunk);
      } catch (error) {
        done(error instanceof Error ? error : new Error("the chunk was refused", { cause: error }));
      }
    },
    destroy(error, done) {
      clearTimeout(timer);
      done(error);
    },
    flush(done) {
      clearTimeout(timer);
      done();
    },
  });
  return guard;
}
