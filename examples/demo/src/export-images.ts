import { ExportReply } from "@driveway/contract";
import type { ApiClient } from "./api-client.ts";
import { faultsOf, followJob, itemsOf } from "./follow-job.ts";

/** Which image became which file of the Drive. */
export interface ExportedFile {
  readonly imageId: string;
  readonly fileId: string;
}

/** Exports images into a new folder and waits for the end. @returns where each went, and what went wrong */
export async function exportImages(params: {
  api: ApiClient;
  connectionId: string;
  imageIds: readonly string[];
  folderName: string;
  onProgress: (endedFiles: number) => void;
  signal: AbortSignal;
}): Promise<{ exported: ExportedFile[]; faults: string[] }> {
  const { api, connectionId, imageIds, folderName } = params;
  const body = { connection_id: connectionId, image_ids: imageIds, folder_name: folderName };
  const path = "/api/v2/cloud-storage/export";
  const reply = await api.call({ method: "POST", path, body, reply: ExportReply });
  if (!reply.is_async)
    return { exported: [], faults: ["The export was answered at once instead of with a job."] };
  const job = await followJob({ ...params, jobId: reply.job_id });
  const items = await itemsOf({ api, jobId: job.job_id });
  const exported = items.flatMap(({ image_id: imageId, cloud_file_id: fileId }) =>
    imageId === null || fileId === null ? [] : [{ imageId, fileId }],
  );
  return { exported, faults: faultsOf(job, items) };
}
