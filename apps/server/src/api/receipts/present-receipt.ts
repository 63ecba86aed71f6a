import type { JobReceiptReply } from "@driveway/contract";
import type { Job, ReceiptLine } from "../../transfers/index.ts";
import { presentJob } from "../jobs/present-job.ts";

/** A page of a job's receipt as the API tells it. */
export function presentReceipt(page: {
  readonly job: Job;
  readonly lines: readonly ReceiptLine[];
  readonly nextAfterPosition: number | null;
}): JobReceiptReply {
  const { counters, ignoredFiles, visibility } = page.job;
  return {
    job: presentJob(page.job),
    totals: { ...counters, ignored: ignoredFiles },
    visibility,
    files: page.lines.map(presentLine),
    next_cursor: page.nextAfterPosition?.toString() ?? null,
  };
}

function presentLine(line: ReceiptLine): JobReceiptReply["files"][number] {
  const { source } = line;
  return {
    position: line.position,
    cloud_file_id: line.providerFileId,
    name: line.name,
    outcome: line.state,
    code: line.errorCode,
    source:
      source === null
        ? null
        : {
            file_id: source.id,
            revision: source.revision,
            size_bytes: source.sizeBytes,
            md5: source.md5,
            sha256: source.sha256,
          },
    image_id: line.imageId,
    sha256: line.sha256,
    blob_key: line.blobKey,
    bytes_done: line.bytesDone,
  };
}
