import type { InferSelectModel } from "drizzle-orm";
import type { transferItems, transferJobs } from "../db/index.ts";

export type JobType = "import" | "export";
export type JobStatus = JobRow["status"];
export type ItemState = ItemRow["state"];
export type JobRow = InferSelectModel<typeof transferJobs>;
export type ItemRow = InferSelectModel<typeof transferItems>;

/** What an import does with every file. */
export interface ImportOptions {
  readonly tags: readonly string[];
  readonly collectionId: string | null;
  readonly autoDescribe: boolean;
  /** What becomes of a file whose content is in the library already; jobs of before the choice skip it. */
  readonly onDuplicate?: DuplicateChoice;
  /** Whether the grant shows everything in a folder; jobs of before the question have no folders. */
  readonly seesAllFiles?: boolean;
}

/** `skip` names the image that is there; `copy` makes another. */
export type DuplicateChoice = "skip" | "copy";

/** What an export does when the target folder holds a file that was exported from the same image. */
export type OnConflict = "keep_both" | "skip" | "replace";

/** Where an export goes: both null is the root of the user's own drive, both given a new folder in the one named. */
export interface ExportOptions {
  readonly folderId: string | null;
  readonly folderName: string | null;
  /** Left out by jobs of earlier versions, which kept both. */
  readonly onConflict?: OnConflict;
}

/** How many items of a job stand where. Every item is in exactly one of them, at every moment. */
export interface JobCounters {
  readonly pending: number;
  readonly running: number;
  readonly done: number;
  readonly skipped: number;
  readonly failed: number;
  readonly cancelled: number;
}

/** What a job is doing, or waiting for. */
export type JobState = "waiting_for_worker" | "queued" | "expanding" | "running" | "paused" | "ended";

/** A job as its owner may see it. */
export interface Job {
  readonly id: string;
  readonly type: JobType;
  readonly connectionId: string;
  readonly provider: string;
  readonly status: JobStatus;
  readonly state: JobState;
  readonly counters: JobCounters;
  readonly totalItems: number;
  /** What has been moved, files that are under way included. */
  readonly bytesDone: number;
  /** Sizes of all files as far as they are known. */
  readonly bytesTotal: number;
  /** Null when it is not known. */
  readonly bytesPerSecond: number | null;
  /** Null when it is not known. */
  readonly estimatedEndAt: Date | null;
  /** Set while the job waits for something that passes by itself, or that the operator has to mend. */
  readonly pausedUntil: Date | null;
  readonly pauseCode: string | null;
  /** How often its failed items have been run, from 1. */
  readonly attempt: number;
  /** Folders that are being listed; the items that come of them are not in the counters yet. */
  readonly openFolders: number;
  /** Whether the grant sees everything in the folders that were asked for; null when none was. */
  readonly visibility: "full" | "partial" | null;
  /** Files in those folders that are no pictures. */
  readonly ignoredFiles: number;
  /** Why the job as a whole was stopped; null when it was not. */
  readonly errorCode: string | null;
  /** A sentence; null while nothing is wrong. */
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When the first chunk of this run was begun. */
  readonly startedAt: Date | null;
  readonly completedAt: Date | null;
}

export function countersOf(row: JobRow): JobCounters {
  return {
    pending: row.pendingItems,
    running: row.runningItems,
    done: row.doneItems,
    skipped: row.skippedItems,
    failed: row.failedItems,
    cancelled: row.cancelledItems,
  };
}

/** How many items a job has, wherever they stand. */
export function totalOf(counters: JobCounters): number {
  return Object.values(counters).reduce((sum, count) => sum + count, 0);
}
