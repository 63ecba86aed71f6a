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
    bytes_done: job.bytesDone,
  };
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
