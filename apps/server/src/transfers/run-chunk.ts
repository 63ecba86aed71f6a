import type { BlobStore } from "../blobs/index.ts";
import type { Database } from "../db/index.ts";
import { DriveError } from "../drives/index.ts";
import type { Library } from "../library/index.ts";
import { type Clock, DrivewayError, type Log } from "../platform/index.ts";
import type { ChunkMessage, Delivery, Queue } from "../queue/index.ts";
import { beginChunk, type TakenChunk } from "./begin-chunk.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { type ItemError, itemError, itemErrorOf, REAUTH_REQUIRED, stopReasonOf } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import { createOutcomeCollector } from "./outcome-collector.ts";
import { runExportChunk } from "./run-export-chunk.ts";
import { runImportChunk } from "./run-import-chunk.ts";
import { type ChunkWrites, chunkWrites } from "./settle-items.ts";
import { StopJobError } from "./stop-job-error.ts";
import type { TransferConnections } from "./transfer-connections.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";

/** Deliveries of a chunk that meet a fault of the Drive or of our own as a whole, before its items fail by it. */
const PATIENT_DELIVERIES = 5;
/** How long a chunk waits whose way is blocked by what only the operator can mend. */
const OPERATOR_PAUSE_SECONDS = 60;
const PROVIDER_MISSING = {
  code: "unknown_provider",
  message: "The provider of the connection is not configured any more.",
};

export interface WorkerParts {
  readonly db: Database;
  readonly queue: Queue;
  readonly connections: Pick<TransferConnections, "driveFor" | "propertiesOf">;
  readonly library: Library;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: TransferLimits;
  readonly shape: TransferShape;
}

/**
 * Works on one delivery of a chunk: takes it, moves what is left in it, writes what came of it. Whatever happens to
 * this process, another delivery goes on from what was written.
 * @throws what should have the message delivered again
 */
export async function runChunk(parts: WorkerParts, message: ChunkMessage, delivery: Delivery): Promise<void> {
  const now = () => new Date(parts.clock.now());
  const chunk = await beginChunk(parts.db, message, now());
  if (chunk === null) return;
  const writes = chunkWrites({ ...parts, now }, chunk);
  const lost = new AbortController();
  const signal = AbortSignal.any([delivery.signal, lost.signal]);
  const collector = createOutcomeCollector({ writes, abort: (reason) => lost.abort(reason) });
  const isPatient = delivery.attempt < PATIENT_DELIVERIES;
  const attempt = createAttempt({ parts, report: (outcome) => collector.add(outcome), signal, isPatient });
  let fault: { readonly error: unknown } | null = null;
  try {
    const drive = await parts.connections.driveFor(chunk.job);
    const properties = parts.connections.propertiesOf(chunk.job.provider);
    if (properties === null) throw new StopJobError(PROVIDER_MISSING);
    await moveItems({ ...parts, chunk, drive, properties, signal, attempt });
  } catch (error) {
    fault = { error };
  }
  if (!(await collector.finish(fault === null)) || fault === null) return;
  signal.throwIfAborted();
  await settleFault({ parts, chunk, writes, error: fault.error, isPatient });
}

async function moveItems(run: ChunkRun): Promise<void> {
  switch (run.chunk.job.type) {
    case "import":
      return runImportChunk(run);
    case "export":
      return runExportChunk(run);
  }
}

function createAttempt(context: {
  readonly parts: WorkerParts;
  readonly report: (outcome: ItemOutcome) => void;
  readonly signal: AbortSignal;
  readonly isPatient: boolean;
}): ChunkRun["attempt"] {
  return async (item, work) => {
    context.signal.throwIfAborted();
    try {
      context.report(await work());
    } catch (error) {
      context.signal.throwIfAborted();
      // A limit on the rate is nobody's fault: the chunk comes again, later and later.
      const isAboutTheFile = error instanceof DriveError && !error.rateLimited && !isStop(error);
      if (!isAboutTheFile && (context.isPatient || isStop(error))) throw error;
      if (!isAboutTheFile) context.parts.log.error({ err: error, job: item.jobId }, "an item failed");
      context.report({ state: "failed", position: item.position, error: errorOf(error) });
    }
  };
}

/**
 * What ended the work on a chunk as a whole: the job stops, or the chunk comes again, or at last its items fail. A fault
 * of the operator's (a key is missing, the OAuth client is refused) fails nothing: the chunk waits until it is mended.
 */
async function settleFault(context: {
  readonly parts: WorkerParts;
  readonly chunk: TakenChunk;
  readonly writes: ChunkWrites;
  readonly error: unknown;
  readonly isPatient: boolean;
}): Promise<void> {
  const { error, writes } = context;
  if (isGone(error)) {
    const reason = { code: "cancelled", message: "The Drive was disconnected." };
    await writes.stop({ endState: "cancelled", reason });
    return;
  }
  const reason = stopOf(error);
  if (reason !== null) {
    await writes.stop({ endState: "failed", reason });
    return;
  }
  if (isOperators(error)) {
    const facts = { err: error, job: context.chunk.job.id };
    context.parts.log.error(facts, "a chunk waits until the operator has mended this");
    await writes.defer(OPERATOR_PAUSE_SECONDS);
    return;
  }
  if (context.isPatient) throw error;
  context.parts.log.error({ err: error, job: context.chunk.job.id }, "a chunk failed");
  // Those that were settled before are left as they are.
  const outcomes = context.chunk.items.map(
    ({ position }): ItemOutcome => ({ state: "failed", position, error: errorOf(error) }),
  );
  await writes.settle(outcomes, true);
}

function isGone(error: unknown): boolean {
  return error instanceof DrivewayError && error.code === "connection_not_found";
}

function stopOf(error: unknown): ItemError | null {
  if (error instanceof StopJobError) return error.reason;
  if (error instanceof DriveError) return stopReasonOf(error);
  const isDead = error instanceof DrivewayError && error.code === "REAUTH_REQUIRED";
  return isDead ? REAUTH_REQUIRED : null;
}

function isStop(error: unknown): boolean {
  return isGone(error) || stopOf(error) !== null || isOperators(error);
}

function isOperators(error: unknown): boolean {
  if (error instanceof DriveError) return error.kind === "app_refused";
  return error instanceof DrivewayError && error.code === "sealing_key_missing";
}

function errorOf(error: unknown): ItemError {
  if (error instanceof DriveError) return itemErrorOf(error);
  const isStorage = error instanceof DrivewayError && error.code === "storage_unavailable";
  return itemError(isStorage ? "storage_unavailable" : "internal_error");
}
