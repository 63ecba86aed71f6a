import type { ExportReply } from "@driveway/contract";
import type { JobOutcome } from "../../transfers/index.ts";
import { outcomeMessage } from "../jobs/await-job.ts";

/** An export as the contract has it: with its files when it was waited for, else with its job. */
export function presentExport(params: {
  readonly jobId: string;
  /** Null when the export goes on in the background. */
  readonly outcome: JobOutcome | null;
}): ExportReply {
  const { jobId, outcome } = params;
  if (outcome === null) {
    return {
      cloud_file_ids: null,
      job_id: jobId,
      job_status: "pending",
      is_async: true,
      message: "Export job created",
    };
  }
  return {
    cloud_file_ids: [...outcome.madeIds],
    job_id: null,
    job_status: null,
    is_async: false,
    message: outcomeMessage(outcome, "exported"),
    export_job_id: jobId,
    failed_files: [...outcome.failed],
  };
}
