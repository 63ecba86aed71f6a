import { randomUUID } from "node:crypto";
import type { BlobStore } from "../blobs/index.ts";
import type { Database, Notifications, Transaction } from "../db/index.ts";
import type { Principal } from "../identity/index.ts";
import type { Library } from "../library/index.ts";
import type { Clock, Keyring, Log } from "../platform/index.ts";
import type { ChunkMessage, Delivery, Queue } from "../queue/index.ts";
import type { ByteMover } from "./bytes/index.ts";
import { cancelJob } from "./cancel-job.ts";
import { eraseJobs } from "./erase-jobs.ts";
import { expandFolder } from "./expand-folder.ts";
import { failDeadChunk } from "./fail-dead-chunk.ts";
import { failFolder } from "./fail-folder.ts";
import { getJob } from "./get-job.ts";
import {
  findRepetition,
  type KeyOwner,
  type Repeatable,
  type Repetition,
  settleKey,
} from "./idempotency/index.ts";
import type { Job } from "./job.ts";
import { type JobOutcome, jobOutcome } from "./job-outcome.ts";
import { listJobs } from "./list-jobs.ts";
import { type JobItem, listJobItems } from "./list-job-items.ts";
import { listReceipt } from "./list-receipt.ts";
import { DISCONNECTED, itemError, REAUTH_REQUIRED } from "./item-errors.ts";
import { releaseChunks } from "./release-chunks.ts";
import { type ImportPlan, planImport } from "./plan/plan-import.ts";
import { retryJob } from "./retry-job.ts";
import { runChunk } from "./run-chunk.ts";
import { type ExportOrder, startExport } from "./start-export.ts";
import { type ImportOrder, startImport } from "./start-import.ts";
import type { JobsOf } from "./lock-job.ts";
import { stopJobs } from "./stop-jobs.ts";
import type { TransferConnections } from "./transfer-connections.ts";
import { createTransferGate } from "./transfer-gate.ts";
import { type TransferLimits, transferShape } from "./transfer-limits.ts";
import { createUnderWay } from "./under-way.ts";
import { waitForJob } from "./wait-for-job.ts";
import { announceWorker } from "./worker-presence.ts";

/** Folders that one process lists at a time; it is little work. */
const FOLDERS_AT_A_TIME = 2;

/** Import and export as durable jobs. */
export interface Transfers {
  readonly limits: TransferLimits;
  /** See {@link startImport}. */
  startImport(order: ImportOrder): Promise<string>;
  /** See {@link planImport}. */
  planImport(order: Parameters<typeof planImport>[1]): Promise<ImportPlan>;
  /** See {@link startExport}. */
  startExport(order: ExportOrder): Promise<string>;
  /** See {@link getJob}. */
  getJob(params: { readonly principal: Principal; readonly jobId: string }): Promise<Job>;
  /** See {@link listJobs}. */
  listJobs(params: Parameters<typeof listJobs>[1]): ReturnType<typeof listJobs>;
  /** See {@link listJobItems}. */
  listJobItems(
    params: Parameters<typeof listJobItems>[1],
  ): Promise<{ readonly items: readonly JobItem[]; readonly nextAfterPosition: number | null }>;
  /** See {@link listReceipt}. */
  listReceipt(params: Parameters<typeof listReceipt>[1]): ReturnType<typeof listReceipt>;
  /** See {@link waitForJob}. */
  waitForJob(params: Parameters<typeof waitForJob>[1]): Promise<boolean>;
  /** See {@link jobOutcome}. */
  jobOutcome(job: Parameters<typeof jobOutcome>[1]): Promise<JobOutcome>;
  /** Cancels the open jobs of a connection or user, within the transaction that removes them. */
  cancelJobsOf(tx: Transaction, whose: JobsOf): Promise<void>;
  /** Stops the open jobs of a connection, within the transaction that marks its grant as dead. */
  stopJobsForReauth(tx: Transaction, whose: JobsOf): Promise<void>;
  /** See {@link cancelJob}. */
  cancelJob(question: Parameters<typeof cancelJob>[1]): Promise<Job>;
  /** See {@link retryJob}. */
  retryJob(question: Parameters<typeof retryJob>[1]): Promise<Job>;
  /** See {@link findRepetition}. */
  findRepetition(owner: KeyOwner, repeatable: Repeatable): Promise<Repetition | null>;
  /** See {@link settleKey}. */
  settleKey(owner: KeyOwner, repeatable: Repeatable, reply: string | null): Promise<string | null>;
  /** See {@link eraseJobs}. */
  eraseJobs(wanted: Parameters<typeof eraseJobs>[1]): Promise<boolean>;
  /** Begins to take chunks from the queue; ends when the queue stops. */
  startWorker(): void;
  /**
   * Ends all waits for jobs, now and from now on, because the process stops, and says that its worker is gone. The jobs
   * go on elsewhere, or later.
   */
  stop(): Promise<void>;
}

/** Puts the transfers together. */
export function createTransfers(params: {
  readonly db: Database;
  readonly queue: Queue;
  readonly notifications: Notifications;
  readonly connections: TransferConnections;
  readonly library: Library;
  readonly blobs: BlobStore;
  readonly keyring: Keyring;
  /** What moves the bytes; whoever made it stops it, after the queue. */
  readonly bytes: ByteMover;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: TransferLimits;
  readonly version: string;
}): Transfers {
  const { db, queue, limits, clock } = params;
  const gate = createTransferGate({ files: limits.transferConcurrency, bytes: limits.transferBytesInFlight });
  const parts = { ...params, shape: transferShape(limits), gate };
  const now = () => new Date(clock.now());
  const ending = new AbortController();
  let leave = () => Promise.resolve();
  return {
    limits,
    startImport: (order) => startImport(parts, order),
    planImport: (order) => planImport(parts, order),
    startExport: (order) => startExport(parts, order),
    getJob: (question) => getJob({ db, now }, question),
    listJobs: (question) => listJobs({ db, now }, question),
    listJobItems: (question) => listJobItems({ db, now }, question),
    listReceipt: (question) => listReceipt({ db, now }, question),
    waitForJob: ({ signal, ...question }) =>
      waitForJob(parts, { ...question, signal: AbortSignal.any([signal, ending.signal]) }),
    jobOutcome: (job) => jobOutcome(db, job),
    cancelJobsOf: (tx, whose) =>
      stopJobs(tx, whose, { ...parts, endState: "cancelled", reason: DISCONNECTED, now: now() }),
    stopJobsForReauth: (tx, whose) =>
      stopJobs(tx, whose, { ...parts, endState: "failed", reason: REAUTH_REQUIRED, now: now() }),
    cancelJob: (question) => cancelJob({ ...parts, now }, question),
    retryJob: (question) => retryJob(parts, question),
    findRepetition: (owner, repeatable) => findRepetition(db, owner, repeatable),
    settleKey: (owner, repeatable, reply) => settleKey(db, owner, repeatable, reply),
    eraseJobs: (wanted) => eraseJobs(parts, wanted),
    startWorker() {
      const underWay = createUnderWay(params);
      const goAway = announceWorker(params, { id: randomUUID(), version: params.version });
      leave = () => {
        underWay.stop();
        return goAway();
      };
      const run = (message: ChunkMessage, delivery: Delivery) =>
        runChunk({ ...parts, underWay }, message, delivery);
      const { processFirstChunks, processChunks } = parts.shape;
      queue.work("transfer-chunk-first", { concurrency: processFirstChunks }, run);
      queue.work("transfer-chunk", { concurrency: processChunks }, run);
      queue.work("resume-job", { concurrency: 1 }, ({ tenantId }) =>
        db.transaction((tx) => releaseChunks(tx, { ...parts, tenantId })),
      );
      queue.work("expand-folder", { concurrency: FOLDERS_AT_A_TIME }, (message, delivery) =>
        expandFolder(parts, message, delivery),
      );
      queue.work("expand-folder-dead", { concurrency: 1 }, (message) =>
        failFolder({ ...parts, now: now() }, message, itemError("worker_lost")),
      );
      queue.work("transfer-chunk-dead", { concurrency: 1 }, (message) =>
        failDeadChunk({ ...parts, now }, message),
      );
    },
    async stop() {
      ending.abort();
      await leave();
    },
  };
}
