import type { BlobStore } from "../blobs/index.ts";
import type { Database } from "../db/index.ts";
import type { Library } from "../library/index.ts";
import type { Clock, Keyring, Log } from "../platform/index.ts";
import type { ChunkMessage, Delivery, Queue } from "../queue/index.ts";
import { beginChunk, type TakenChunk } from "./begin-chunk.ts";
import type { ByteMover } from "./bytes/index.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { itemError } from "./item-errors.ts";
import type { ItemOutcome } from "./item-outcome.ts";
import { judgeFault, pauseSeconds } from "./judge-fault.ts";
import { createMovingBytes } from "./moving-bytes.ts";
import { createOutcomeCollector } from "./outcome-collector.ts";
import { runExportChunk } from "./run-export-chunk.ts";
import { runImportChunk } from "./run-import-chunk.ts";
import { type ChunkWrites, chunkWrites } from "./settle-items.ts";
import { StopJobError } from "./stop-job-error.ts";
import type { TransferConnections } from "./transfer-connections.ts";
import type { TransferGate } from "./transfer-gate.ts";
import type { TransferLimits, TransferShape } from "./transfer-limits.ts";
import type { UnderWay } from "./under-way.ts";
import { workOf } from "./work-of.ts";
import type { ChunkNews } from "./write-news.ts";

/** Deliveries of a chunk that fail as a whole, before its items fail by that. */
const PATIENT_DELIVERIES = 5;
const PROVIDER_MISSING = itemError("unknown_provider");

export interface WorkerParts {
  readonly db: Database;
  readonly queue: Queue;
  readonly connections: Pick<TransferConnections, "driveFor" | "accessFor" | "openDrive" | "propertiesOf">;
  readonly library: Library;
  readonly blobs: BlobStore;
  readonly keyring: Keyring;
  readonly bytes: ByteMover;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: TransferLimits;
  readonly shape: TransferShape;
  readonly gate: TransferGate;
}

/**
 * Works on one delivery of a chunk: takes it, moves what is left in it, writes what came of it. Whatever happens to
 * this process, another delivery goes on from what was written.
 * @throws what should have the message delivered again
 */
export async function runChunk(
  parts: WorkerParts & { readonly underWay: UnderWay },
  message: ChunkMessage,
  delivery: Delivery,
): Promise<void> {
  const { ended, leave } = parts.underWay.enter(message);
  try {
    const now = () => new Date(parts.clock.now());
    const chunk = await beginChunk(parts.db, message, now());
    if (chunk !== null) await runTakenChunk({ ...parts, now }, { chunk, delivery, ended });
  } finally {
    leave();
  }
}

async function runTakenChunk(
  parts: WorkerParts & { readonly now: () => Date },
  work: { readonly chunk: TakenChunk; readonly delivery: Delivery; readonly ended: AbortSignal },
): Promise<void> {
  const { chunk, delivery, ended } = work;
  const writes = chunkWrites(parts, chunk);
  const lost = new AbortController();
  const signal = AbortSignal.any([delivery.signal, lost.signal, ended]);
  const abandon = (reason: Error) => lost.abort(reason);
  const collector = createOutcomeCollector({ writes, abort: abandon });
  let fault: { readonly error: unknown } | null = null;
  const attempt = createAttempt({
    parts,
    report: (outcome) => collector.add(outcome),
    postpone(error) {
      fault ??= { error };
    },
    signal,
    delivery,
  });
  const moving = createMovingBytes({
    write: (bytes) => writes.reportMoving(bytes),
    onFault: (err) => parts.log.warn({ err, job: chunk.job.id }, "progress was not written"),
  });
  const tell = async (news: ChunkNews): Promise<void> => {
    if (await writes.tell(news)) return;
    abandon(new Error("the chunk went to another worker, or its job has ended"));
    throw lost.signal.reason;
  };
  const beside: Promise<void>[] = [];
  try {
    const properties = parts.connections.propertiesOf(chunk.job.provider);
    if (properties === null) throw new StopJobError(PROVIDER_MISSING);
    const access = await parts.connections.accessFor(chunk.job, workOf(chunk.job, properties));
    const drive = parts.connections.openDrive(access);
    const besides = { tell, abandon, moving, access, beside: (work: Promise<void>) => beside.push(work) };
    await moveItems({ ...parts, ...besides, chunk, drive, properties, signal, attempt });
  } catch (error) {
    fault = { error };
  }
  await moving.stop();
  const isHeld = await collector.finish(fault === null);
  await Promise.all(beside);
  if (!isHeld || fault === null || lost.signal.aborted || ended.aborted) return;
  signal.throwIfAborted();
  const isPatient = delivery.attempt < PATIENT_DELIVERIES;
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
  /** Takes the fault of an item that stays open. */
  readonly postpone: (error: unknown) => void;
  readonly signal: AbortSignal;
  readonly delivery: Delivery;
}): ChunkRun["attempt"] {
  return async (item, work, bytes = item.sizeBytes) => {
    const leave = await context.parts.gate.enter({ jobId: item.jobId, bytes }, context.signal);
    try {
      context.report(await work());
    } catch (error) {
      context.signal.throwIfAborted();
      const verdict = judgeFault(error);
      if (verdict.kind === "stop" || verdict.kind === "pause") throw error;
      if (verdict.kind === "again") {
        // The others of the chunk go on meanwhile; this one is left open for the next delivery.
        if (context.delivery.attempt < verdict.deliveries) return context.postpone(error);
        context.parts.log.error({ err: error, job: item.jobId }, "an item failed");
      }
      context.report({ state: "failed", position: item.position, error: verdict.error });
    } finally {
      leave();
    }
  };
}

/**
 * What ended the work on a chunk as a whole: the job stops, or the chunk waits, or it comes again, or at last its items
 * fail.
 */
async function settleFault(context: {
  readonly parts: WorkerParts;
  readonly chunk: TakenChunk;
  readonly writes: ChunkWrites;
  readonly error: unknown;
  readonly isPatient: boolean;
}): Promise<void> {
  const { chunk, error, writes } = context;
  const verdict = judgeFault(error);
  if (verdict.kind === "stop") {
    await writes.stop(verdict);
    return;
  }
  const facts = { err: error, job: chunk.job.id };
  if (verdict.kind === "pause") {
    context.parts.log.warn(facts, "a chunk waits until this has passed");
    await writes.defer(pauseSeconds(verdict.pauseMs, Math.random()), verdict);
    return;
  }
  if (context.isPatient) throw error;
  context.parts.log.error(facts, "a chunk failed");
  // Those that were settled before are left as they are.
  const outcomes = chunk.items.map(
    ({ position }): ItemOutcome => ({ state: "failed", position, error: verdict.error }),
  );
  await writes.settle(outcomes, true);
}
