import { DelegateBackoff, handleWhen, type IRetryBackoffContext, retry } from "cockatiel";
import {
  type Drive,
  DriveError,
  type DriveFile,
  type DriveFileAnswer,
  type FileRef,
  type Upload,
  type UploadSession,
  type UploadState,
} from "./drive.ts";
import { backoffMs } from "./pace/backoff-ms.ts";
import type { Patience } from "./provider.ts";

/** Tries in all, and the bound of the first pause in milliseconds, which doubles from pause to pause. */
const PATIENCE = {
  background: { tries: 6, firstPauseMs: 1000 },
  interactive: { tries: 2, firstPauseMs: 300 },
} as const satisfies Record<Patience, { tries: number; firstPauseMs: number }>;
const LONGEST_PAUSE_MS = 32_000;

/**
 * A drive that repeats what failed with `try_later`, limits on the rate aside, after a pause of random length (exponential backoff with full
 * jitter) or of the length that the provider asked for. A wait that the provider wants longer than the longest pause
 * is not sat out, nor is a pause that is known to be longer: the error goes to the caller. An abort ends the waiting
 * at once. An upload goes on where it was, and its tries are counted anew whenever the provider has confirmed more of it.
 * @param random numbers from 0 to 1; for tests
 */
export function withRetries(
  drive: Drive,
  params: { readonly patience: Patience; readonly firstPauseMs?: number; readonly random?: () => number },
): Drive {
  const { tries, firstPauseMs } = { ...PATIENCE[params.patience], ...params };
  const random = params.random ?? Math.random;
  const policy = retry(handleWhen(isWorthRepeating), {
    maxAttempts: tries - 1,
    backoff: new DelegateBackoff((context: IRetryBackoffContext<unknown>) => {
      const error = "error" in context.result ? context.result.error : null;
      const facts = { failures: context.attempt, random: random(), retryAfterMs: retryAfterOf(error) };
      return backoffMs({ firstMs: firstPauseMs, longestMs: LONGEST_PAUSE_MS }, facts);
    }),
  }).dangerouslyUnref();

  async function call<T>(use: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const guarded = () => {
      signal?.throwIfAborted();
      return use();
    };
    return signal === undefined
      ? await policy.execute(guarded)
      : await orAbort(policy.execute(guarded, signal), signal);
  }

  return {
    getFiles: (files, signal) => getFilesPatiently(drive, files, (use) => call(use, signal), signal),
    openFile: (wanted, signal) => call(() => drive.openFile(wanted, signal), signal),
    listFolder: (wanted, signal) => call(() => drive.listFolder(wanted, signal), signal),
    about: (signal) => call(() => drive.about(signal), signal),
    findByProperty: (wanted, signal) => call(() => drive.findByProperty(wanted, signal), signal),
    reserveIds: (count, signal) => call(() => drive.reserveIds(count, signal), signal),
    createFolder: (folder, signal) => call(() => drive.createFolder(folder, signal), signal),
    upload: (wanted, signal) => uploadPatiently(drive, wanted, (use) => call(use, signal), signal),
    look: (wanted, signal) => call(() => drive.look(wanted, signal), signal),
  };
}

function isWorthRepeating(error: unknown): boolean {
  if (!(error instanceof DriveError) || error.kind !== "try_later") return false;
  // The pace has dealt with limits on the rate, and knows how long a pause lasts.
  if (error.rateLimited || error.pauseMs !== null) return false;
  return error.retryAfterMs === null || error.retryAfterMs <= LONGEST_PAUSE_MS;
}

function retryAfterOf(error: unknown): number | null {
  return error instanceof DriveError ? error.retryAfterMs : null;
}

/** Repeats only the files whose answer was `try_later`; those that stay so to the end keep it as their answer. */
async function getFilesPatiently(
  drive: Drive,
  files: readonly FileRef[],
  call: (use: () => Promise<void>) => Promise<void>,
  signal?: AbortSignal,
): Promise<DriveFileAnswer[]> {
  const answers = new Map<string, DriveFileAnswer>();
  const open = () => files.filter(({ id }) => isOpen(answers.get(id)));
  try {
    await call(async () => {
      for (const answer of await drive.getFiles(open(), signal)) answers.set(answer.id, answer);
      const again = [...answers.values()].find(isOpen);
      if (again?.ok === false) throw again.error;
    });
  } catch (error) {
    const complete = files.every(({ id }) => answers.has(id));
    if (!complete || !(error instanceof DriveError) || error.kind !== "try_later") throw error;
  }
  return files.map(({ id }) => answers.get(id)).filter((answer) => answer !== undefined);
}

function isOpen(answer: DriveFileAnswer | undefined): boolean {
  return answer === undefined || (!answer.ok && isWorthRepeating(answer.error));
}

async function uploadPatiently(
  drive: Drive,
  wanted: Upload,
  call: (use: () => Promise<DriveFile>) => Promise<DriveFile>,
  signal?: AbortSignal,
): Promise<DriveFile> {
  const kept = wanted.session ?? sessionInMemory();
  let mostConfirmed = 0;
  const session: UploadSession = {
    load: () => kept.load(),
    drop: () => kept.drop(),
    async save(state) {
      mostConfirmed = Math.max(mostConfirmed, state.confirmedBytes);
      await kept.save(state);
    },
  };
  for (;;) {
    const before = mostConfirmed;
    try {
      return await call(() => drive.upload({ ...wanted, session }, signal));
    } catch (error) {
      if (!isWorthRepeating(error) || mostConfirmed <= before) throw error;
    }
  }
}

/** For uploads that nobody keeps: a repetition of the call goes on with what the first one began. */
function sessionInMemory(): UploadSession {
  let kept: UploadState | null = null;
  return {
    load: async () => kept,
    async save(state) {
      kept = state;
    },
    async drop() {
      kept = null;
    },
  };
}

/** The work's end or the abort, whichever is first. */
async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
