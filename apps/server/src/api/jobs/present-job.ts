import { type Job, type JobItem, type JobStatus, Provider } from "@driveway/contract";
import type * as transfers from "../../transfers/index.ts";

/** The contract's words for our statuses. */
const STATUS: Readonly<Record<transfers.Job["status"], JobStatus>> = {
  pending: "pending",
  processing: "in_progress",
  completed: "completed",
  completed_with_errors: "partial",
  failed: "failed",
  cancelled: "cancelled",
};

/** A job as the contract has it. Files that are skipped count as completed. */
export function presentJob(job: transfers.Job): Job {
  const { counters } = job;
  return {
    job_id: job.id,
    type: job.type,
    status: STATUS[job.status],
    connection_id: job.connectionId,
    provider: Provider.parse(job.provider),
    total_files: job.totalItems,
    completed_files: counters.done + counters.skipped,
    failed_files: counters.failed,
    error: job.errorMessage,
    created_at: job.createdAt.toISOString(),
    updated_at: job.updatedAt.toISOString(),
    completed_at: job.completedAt?.toISOString() ?? null,
    skipped_files: counters.skipped,
    cancelled_files: counters.cancelled,
    bytes_done: job.bytesDone,
    bytes_total: job.bytesTotal,
    bytes_per_second: job.bytesPerSecond,
    started_at: job.startedAt?.toISOString() ?? null,
    estimated_end_at: job.estimatedEndAt?.toISOString() ?? null,
    details: {
      state: job.state,
      paused_until: job.pausedUntil?.toISOString() ?? null,
      pause_code: job.pauseCode,
      visibility: job.visibility,
      attempt: job.attempt,
      open_folders: job.openFolders,
      ignored_files: job.ignoredFiles,
    },
  };
}

/** Our statuses that the contract's word means. */
export function readStatus(word: JobStatus): transfers.Job["status"][] {
  return (Object.keys(STATUS) as transfers.Job["status"][]).filter((status) => STATUS[status] === word);
}

/** The cursor of the page behind a job. */
export function presentJobPlace(place: transfers.JobPlace | null): string | null {
  return place === null ? null : `${place.createdAt.getTime()}.${place.id}`;
}

/** Where a list goes on, from its cursor. */
export function readJobPlace(cursor: string | undefined): transfers.JobPlace | null {
  if (cursor === undefined) return null;
  const [moment = "", id = ""] = cursor.split(".");
  return { createdAt: new Date(Number(moment)), id };
}

/** How one file of a job stands or ended. */
export function presentJobItem(item: transfers.JobItem): JobItem {
  return {
    position: item.position,
    state: item.state,
    name: item.name,
    image_id: item.imageId,
    cloud_file_id: item.providerFileId,
    code: item.errorCode,
    message: item.errorMessage,
    bytes_done: item.bytesDone,
  };
}
