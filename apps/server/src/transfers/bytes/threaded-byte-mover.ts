import type { Credential, DriveAccess, DriveFile, LentToken, UploadSession } from "../../drives/index.ts";
import type { Log } from "../../platform/index.ts";
import type { ByteMover, ReceiveAnswer } from "./byte-mover.ts";
import { type ByteThread, startByteThread, ThreadLostError, type ThreadWork } from "./byte-thread.ts";
import { lendPace } from "./lend-pace.ts";
import { type Callable, type PlainTask, resultOf } from "./messages.ts";

/** Threads that one task may lose before it counts as the cause. */
const THREADS_PER_TASK = 3;

/**
 * Moves bytes in threads of their own, as many as are allowed, each begun when those before it have something to do.
 * A task goes to the thread that has fewest. When a thread is lost its tasks begin again in another one.
 * @param params.entry the file that the threads run; it ends in {@link serveBytes}
 * @param params.workerData what it is given to begin with
 */
export function createThreadedByteMover(params: {
  readonly entry: URL;
  readonly workerData: unknown;
  readonly threads: number;
  readonly log: Log;
}): ByteMover {
  let threads: ByteThread[] = [];
  const ending = new AbortController();

  function leastBusy(): ByteThread {
    threads = threads.filter((thread) => !thread.isGone);
    const [idlest] = [...threads].sort((left, right) => left.load - right.load);
    if (idlest !== undefined && (idlest.load === 0 || threads.length >= params.threads)) return idlest;
    const onFault = (err: unknown) => params.log.error({ err }, "a thread that moves bytes has ended");
    const begun = startByteThread({ ...params, onFault });
    threads.push(begun);
    return begun;
  }

  async function run(work: ThreadWork, wanted: AbortSignal): Promise<unknown> {
    const signal = AbortSignal.any([wanted, ending.signal]);
    for (let lost = 0; ; ) {
      signal.throwIfAborted();
      try {
        const outcome = await leastBusy().run(work, signal);
        // What was moved to its end is told even so: somebody has to know of the blob.
        if (!outcome.ok) signal.throwIfAborted();
        return resultOf(outcome);
      } catch (error) {
        if (!(error instanceof ThreadLostError)) throw error;
        // Threads that are stopped end with whatever they have, and nothing begins again.
        ending.signal.throwIfAborted();
        lost += 1;
        if (lost === THREADS_PER_TASK)
          throw new Error("a task lost its thread again and again", { cause: error });
      }
    }
  }

  async function runFor(
    access: DriveAccess,
    work: Omit<ThreadWork, "calls"> & { readonly calls?: Callable },
    signal: AbortSignal,
  ): Promise<unknown> {
    const pace = lendPace(access.pace, signal);
    try {
      const calls = { ...credentialCalls(access.credential), ...pace.calls, ...work.calls };
      return await run({ ...work, calls }, signal);
    } finally {
      pace.settleRest();
    }
  }

  return {
    async receive({ access, onProgress, ...task }, signal) {
      const wanted: PlainTask = { kind: "receive", access: plainAccess(access), task };
      return (await runFor(access, { task: wanted, onProgress }, signal)) as ReceiveAnswer;
    },
    async send({ access, onProgress, upload: { session, ...upload }, ...blob }, signal) {
      const task = { ...blob, upload, hasSession: session !== undefined };
      const wanted: PlainTask = { kind: "send", access: plainAccess(access), task };
      const calls = session === undefined ? {} : sessionCalls(session);
      return (await runFor(access, { task: wanted, calls, onProgress }, signal)) as DriveFile;
    },
    async stop() {
      ending.abort(new Error("the process stops"));
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

function plainAccess({ provider, work }: DriveAccess) {
  return { provider, work };
}

function credentialCalls(credential: Credential): Callable {
  return {
    "credential.current": async () => {
      const { accessToken, version } = await credential.current();
      return { accessToken, version };
    },
    "credential.renew": async (refused: LentToken) => {
      const { accessToken, version } = await credential.renew(refused);
      return { accessToken, version };
    },
    "credential.giveUp": (refused: LentToken) => credential.giveUp(refused),
  };
}

function sessionCalls(session: UploadSession): Callable {
  return {
    "session.load": () => session.load(),
    "session.save": (state: Parameters<typeof session.save>[0]) => session.save(state),
    "session.drop": () => session.drop(),
  };
}
