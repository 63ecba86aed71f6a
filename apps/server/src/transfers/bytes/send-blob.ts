import { Readable } from "node:stream";
import type { BlobStore } from "../../blobs/index.ts";
import type { Drive, DriveFile } from "../../drives/index.ts";
import type { SendTask } from "./byte-mover.ts";
import { readCheckedBlob } from "./read-checked-blob.ts";
import { reportNowAndThen } from "./report-now-and-then.ts";

/** See {@link ByteMover.send}. The blob is read anew from wherever the Drive asks for it. */
export async function sendBlob(
  { drive, blobs }: { readonly drive: Drive; readonly blobs: BlobStore },
  task: Omit<SendTask, "access">,
  signal: AbortSignal,
): Promise<DriveFile> {
  const report = reportNowAndThen(task.onProgress);
  const { blobKey, sha256, upload } = task;
  const openChecked = readCheckedBlob(blobs, { blobKey, sha256, sizeBytes: upload.sizeBytes });
  const open = async (fromByte: number) => {
    const blob = await openChecked(fromByte);
    return Readable.from(counted(blob, fromByte, report), { objectMode: false });
  };
  return drive.upload({ ...upload, open }, signal);
}

async function* counted(
  blob: Readable,
  fromByte: number,
  report: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  let reached = fromByte;
  for await (const part of blob as AsyncIterable<Buffer>) {
    yield part;
    reached += part.length;
    report(reached);
  }
}
