import { DriveError } from "../drives/index.ts";
import { itemError } from "./item-errors.ts";
import { StopJobError } from "./stop-job-error.ts";

/**
 * What a refusal means when something was to be put into the target folder: where the folder is missing, or the account
 * is not let into its shared drive, that meets every file, so the job stops. Null when the refusal says by itself whom
 * it meets.
 * @param parentId null for the root of the user's own drive, which cannot be missing
 */
export function targetRefusal(error: unknown, parentId: string | null): StopJobError | null {
  if (!(error instanceof DriveError) || parentId === null) return null;
  if (error.meaning === "not_a_member") return new StopJobError(itemError("not_a_member"), { cause: error });
  if (error.kind !== "gone") return null;
  return new StopJobError(itemError("folder_not_found"), { cause: error });
}
