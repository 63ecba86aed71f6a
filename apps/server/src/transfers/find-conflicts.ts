import type { DriveFile } from "../drives/index.ts";
import type { ChunkRun } from "./chunk-run.ts";
import { IMAGE_PROPERTY } from "./drive-metadata.ts";
import type { ExportOptions } from "./job.ts";

/**
 * Files in the target folder that were exported from the images of this chunk before, by the image's id. Files that
 * somebody else put there are none, whatever their names; nor are this job's own. Nothing is asked when both are kept, or
 * when the folder is the job's own.
 */
export async function findConflicts(
  run: ChunkRun,
  parentId: string | null,
): Promise<ReadonlyMap<string, DriveFile>> {
  const { job, items } = run.chunk;
  const { onConflict = "keep_both", folderName } = job.options as ExportOptions;
  if (onConflict === "keep_both" || folderName !== null) return new Map();
  const values = items.map(({ imageId }) => imageId);
  const found = await run.drive.findByProperty({ parentId, key: IMAGE_PROPERTY, values }, run.signal);
  const own = new Set(items.map(({ providerFileId }) => providerFileId));
  const newestFirst = found
    .filter((file) => !own.has(file.id))
    .sort((one, other) => compare(jobOf(other), jobOf(one)) || compare(other.id, one.id));
  const byImage = new Map<string, DriveFile>();
  for (const file of newestFirst) {
    const imageId = file.properties[IMAGE_PROPERTY];
    if (imageId !== undefined && !byImage.has(imageId)) byImage.set(imageId, file);
  }
  return byImage;
}

/** Ids of jobs are in the order in which they began; a file's own time is the picture's. */
function jobOf(file: DriveFile): string {
  return file.properties.driveway_job ?? "";
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
