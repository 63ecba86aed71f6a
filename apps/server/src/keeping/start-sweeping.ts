import { claimSweep } from "./claim-sweep.ts";
import type { KeepingParts } from "./keeping-parts.ts";
import { sweepOldJobs } from "./sweeps/sweep-old-jobs.ts";
import { sweepOrphanBlobs } from "./sweeps/sweep-orphan-blobs.ts";
import { sweepIdempotencyKeys, sweepUploadSessions } from "./sweeps/sweep-rows.ts";

const HOUR_MS = 60 * 60 * 1000;
/** How often a process looks whether something is due. */
const LOOK_MS = HOUR_MS / 4;

interface Sweep {
  readonly name: string;
  readonly everyMs: number;
  readonly run: (parts: KeepingParts, params: { readonly signal: AbortSignal }) => Promise<number>;
}

/** What one of all workers does, in this order. */
const SWEEPS: readonly Sweep[] = [
  { name: "idempotency_keys", everyMs: HOUR_MS, run: sweepIdempotencyKeys },
  { name: "upload_sessions", everyMs: HOUR_MS, run: sweepUploadSessions },
  { name: "old_jobs", everyMs: HOUR_MS, run: sweepOldJobs },
  { name: "orphan_blobs", everyMs: 6 * HOUR_MS, run: sweepOrphanBlobs },
];

/**
 * Clears away what nobody needs any more, now and again and again. Each sweep is one worker's at a time; what is left in
 * the store's own places is each process's, since only its machine knows which writers there are dead.
 * @returns what ends it, in the middle of a sweep too
 */
export function startSweeping(parts: KeepingParts): () => Promise<void> {
  const ending = new AbortController();
  let sweeping: Promise<void> = Promise.resolve();
  let isSweeping = false;
  const look = () => {
    if (isSweeping) return;
    isSweeping = true;
    sweeping = sweepAll(parts, ending.signal).finally(() => {
      isSweeping = false;
    });
  };
  look();
  const timer = setInterval(look, LOOK_MS).unref();
  return async () => {
    clearInterval(timer);
    ending.abort();
    await sweeping;
  };
}

async function sweepAll(parts: KeepingParts, signal: AbortSignal): Promise<void> {
  await runSweep(parts, signal, "the store's leftovers", () => parts.clearStore());
  for (const { name, everyMs, run } of SWEEPS) {
    await runSweep(parts, signal, name, async () =>
      (await claimSweep(parts.db, name, everyMs)) ? run(parts, { signal }) : 0,
    );
  }
}

/** One that fails keeps no other from its turn. */
async function runSweep(
  { log }: KeepingParts,
  signal: AbortSignal,
  sweep: string,
  work: () => Promise<number>,
): Promise<void> {
  if (signal.aborted) return;
  try {
    const removed = await work();
    if (removed > 0) log.info({ sweep, removed }, "what nobody needs any more was removed");
  } catch (error) {
    if (!signal.aborted) log.error({ err: error, sweep }, "a sweep failed; it is tried again later");
  }
}
