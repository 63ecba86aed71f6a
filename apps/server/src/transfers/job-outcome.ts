import { and, asc, eq } from "drizzle-orm";
import { type Database, transferItems } from "../db/index.ts";
import { itemError } from "./item-errors.ts";
import type { ItemRow, JobType } from "./job.ts";

/** What came of a job's items, in the order of the request. */
export interface JobOutcome {
  /** The images of an import, or the files in the drive of an export. */
  readonly madeIds: readonly string[];
  /** How many of these were there before. */
  readonly skipped: number;
  readonly failed: readonly {
    /** As the request named it: the file of an import, the image of an export. */
    readonly id: string;
    readonly name: string;
    readonly code: string;
    readonly message: string;
  }[];
}

/** What came of a job that has ended. */
export async function jobOutcome(
  db: Database,
  job: { readonly tenantId: string; readonly jobId: string; readonly type: JobType },
): Promise<JobOutcome> {
  const rows = await db
    .select()
    .from(transferItems)
    .where(and(eq(transferItems.tenantId, job.tenantId), eq(transferItems.jobId, job.jobId)))
    .orderBy(asc(transferItems.position));
  const sourceOf = (row: ItemRow) => (job.type === "import" ? (row.providerFileId ?? "") : row.imageId);
  const resultOf = (row: ItemRow) => (job.type === "import" ? row.imageId : (row.providerFileId ?? ""));
  const isMade = (row: ItemRow) => row.state === "done" || row.state === "skipped";
  const unknown = itemError("internal_error");
  return {
    madeIds: rows.filter(isMade).map(resultOf),
    skipped: rows.filter((row) => row.state === "skipped").length,
    failed: rows
      .filter((row) => !isMade(row))
      .map((row) => ({
        id: sourceOf(row),
        name: row.name,
        code: row.errorCode ?? unknown.code,
        message: row.errorMessage ?? unknown.message,
      })),
  };
}
