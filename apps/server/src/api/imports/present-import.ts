import type { ImportReply } from "@driveway/contract";
import type { JobOutcome } from "../../transfers/index.ts";
import { outcomeMessage } from "../jobs/await-job.ts";

/** An import as the contract has it: with its images when it was waited for, else with its job. */
export function presentImport(params: {
  readonly jobId: string;
  readonly totalFiles: number;
  /** Null when the import goes on in the background. */
  readonly outcome: JobOutcome | null;
}): ImportReply {
  const { jobId, totalFiles, outcome } = params;
  if (outcome === null) {
    return {
      image_ids: null,
      job_id: jobId,
      status: "pending",
      total_files: totalFiles,
      is_async: true,
      message: "Import job created",
    };
  }
  return {
    image_ids: [...outcome.madeIds],
    job_id: null,
    status: null,
    total_files: totalFiles,
    is_async: false,
    message: outcomeMessage(outcome, "imported"),
    import_job_id: jobId,
    failed_files: [...outcome.failed],
    skipped_files: outcome.skipped,
  };
}
