import { Worker } from "node:worker_threads";
import {
  type Callable,
  type FromThread,
  type PlainOutcome,
  type PlainTask,
  plainOutcome,
  type ToThread,
} from "./messages.ts";

/** How long an orderly stop of a thread may take before it is cut off. */
const STOP_MS = 2_000;
/** Small, so that the collector comes by often: what it frees are the bytes that have gone through, which lie outside. */
const YOUNG_MEBIBYTES = 4;

/** The thread ended while it had a task. What the task has left behind may be anything. */
export class ThreadLostError extends Error {
  override readonly name = "ThreadLostError";
}

/** What a thread is given to do. */
export interface ThreadWork {
  readonly task: PlainTask;
  /** What the thread may ask of this one meanwhile. */
  readonly calls: Callable;
  readonly onProgress: (bytes: number) => void;
}

/** One thread, seen from the main one. */
export interface ByteThread {
  /** Tasks that it has. */
  readonly load: number;
  readonly isGone: boolean;
  /**
   * Runs a task to its end. After an abort the thread gets the chance to clear up: what it answers then is the answer.
   * @throws {ThreadLostError} when the thread has ended before
   */
  run(work: ThreadWork, signal: AbortSignal): Promise<PlainOutcome>;
  /** Ends the thread, in order when it still listens. */
  stop(): Promise<void>;
}

type Task = ThreadWork & { readonly end: PromiseWithResolvers<PlainOutcome> };

/**
 * Starts a thread.
 * @param params.onFault told what ended a thread that was not stopped
 */
export function startByteThread(params: {
  readonly entry: URL;
  readonly workerData: unknown;
  readonly onFault: (error: unknown) => void;
}): ByteThread {
  const { entry, workerData } = params;
  const resourceLimits = { maxYoungGenerationSizeMb: YOUNG_MEBIBYTES };
  const worker = new Worker(entry, { workerData, name: "bytes", resourceLimits });
  const tasks = new Map<number, Task>();
  const exited = Promise.withResolvers<void>();
  let begun = 0;
  let isGone = false;
  const tell = (message: ToThread) => worker.postMessage(message);

  worker.on("message", (message: FromThread) => {
    const task = tasks.get(message.id);
    if (message.kind === "call") void answer(message, task?.calls ?? {}).then(tell);
    else if (message.kind === "end") task?.end.resolve(message.outcome);
    else task?.onProgress(message.bytes);
  });
  worker.on("error", params.onFault);
  worker.on("exit", () => {
    isGone = true;
    for (const { end } of tasks.values()) end.reject(new ThreadLostError("the thread of the task has ended"));
    exited.resolve();
  });

  return {
    get load() {
      return tasks.size;
    },
    get isGone() {
      return isGone;
    },
    async run(work, signal) {
      if (isGone) throw new ThreadLostError("the thread has ended");
      begun += 1;
      const id = begun;
      const end = Promise.withResolvers<PlainOutcome>();
      const abort = () => tell({ kind: "abort", id });
      tasks.set(id, { ...work, end });
      tell({ kind: "begin", id, task: work.task });
      signal.addEventListener("abort", abort, { once: true });
      if (signal.aborted) abort();
      try {
        return await end.promise;
      } finally {
        signal.removeEventListener("abort", abort);
        tasks.delete(id);
      }
    },
    async stop() {
      tell({ kind: "stop" });
      const timer = setTimeout(() => void worker.terminate(), STOP_MS);
      await exited.promise;
      clearTimeout(timer);
    },
  };
}

async function answer(
  { call, name, args }: Extract<FromThread, { kind: "call" }>,
  calls: Callable,
): Promise<ToThread> {
  const outcome = await plainOutcome(async () => {
    const asked = Object.hasOwn(calls, name) ? calls[name] : undefined;
    if (asked === undefined) throw new Error(`a thread asked for ${name}, which its task does not offer`);
    return asked(...(args as never[]));
  });
  return { kind: "answer", call, outcome };
}
