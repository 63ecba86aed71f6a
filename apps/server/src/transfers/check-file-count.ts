import { DrivewayError } from "../platform/index.ts";
import type { TransferLimits } from "./transfer-limits.ts";

/**
 * Refuses a request that names more files than a job may have.
 * @throws {DrivewayError} `too_many_files`
 */
export function checkFileCount(
  asked: { readonly field: "files" | "image_ids"; readonly count: number },
  limits: Pick<TransferLimits, "maxFilesPerJob">,
): void {
  if (asked.count <= limits.maxFilesPerJob) return;
  throw new DrivewayError("too_many_files", `A job takes at most ${limits.maxFilesPerJob} files.`, {
    details: { field: asked.field, limit: limits.maxFilesPerJob, files: asked.count },
  });
}
