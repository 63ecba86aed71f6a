import type { Readable, Writable } from "node:stream";
import { DriveError } from "../../drives/index.ts";

/**
 * Pours a stream into another one, which stays open, and shows each chunk on the way. Resolves when the source has
 * ended. A source that sends nothing for a while is broken off; time in which the sink is waited for does not count.
 * The source is destroyed whatever happens.
 * @param params.take may throw to end it
 * @throws {DriveError} `try_later` when the source breaks off or falls silent
 * @throws the sink's fault, or the signal's reason
 */
export function pour(
  source: Readable,
  sink: Writable,
  params: {
    readonly take: (chunk: Buffer) => void;
    readonly idleMs: number;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { signal } = params;
  return new Promise((resolve, reject) => {
    const idle = setTimeout(() => end(stalled()), params.idleMs);
    let isOver = false;

    function end(fault: unknown): void {
      if (isOver) return;
      isOver = true;
      clearTimeout(idle);
      signal.removeEventListener("abort", abort);
      sink.off("drain", goOn).off("error", end).off("close", cutSink);
      source.off("data", take).destroy();
      if (fault === null) resolve();
      else reject(fault instanceof Error ? fault : new Error("the transfer ended", { cause: fault }));
    }
    const abort = () => end(signal.reason);
    const cut = () => end(broken());
    const cutSink = () => end(sink.errored ?? new Error("the store closed the blob"));
    const goOn = () => {
      idle.refresh();
      source.resume();
    };
    function take(chunk: Buffer): void {
      idle.refresh();
      try {
        params.take(chunk);
      } catch (fault) {
        end(fault);
        return;
      }
      if (sink.write(chunk)) return;
      source.pause();
      clearTimeout(idle);
    }

    sink.on("drain", goOn).on("error", end).on("close", cutSink);
    // The listeners of the source stay: a fault that comes after the end must not end the process.
    source
      .on("end", () => end(null))
      .on("error", end)
      .on("close", cut)
      .on("data", take);
    signal.addEventListener("abort", abort, { once: true });
    if (signal.aborted) abort();
    else if (sink.destroyed) cutSink();
  });
}

function stalled(): DriveError {
  return new DriveError("try_later", "The Drive stopped sending.", { reason: "idle", timedOut: true });
}

function broken(): DriveError {
  return new DriveError("try_later", "The connection to the Drive broke.", { reason: "network" });
}
