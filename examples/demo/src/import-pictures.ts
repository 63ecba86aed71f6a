import { ImportReply } from "@driveway/contract";
import type { ApiClient } from "./api-client.ts";
import { faultsOf, followJob, itemsOf } from "./follow-job.ts";
import type { Picture } from "./list-pictures.ts";

interface ImportParams {
  readonly api: ApiClient;
  readonly connectionId: string;
  readonly pictures: readonly Picture[];
}

/** Imports a few pictures and expects the answer at once. @returns the server's message, and what went wrong */
export async function importAtOnce(params: ImportParams): Promise<{ message: string; faults: string[] }> {
  const reply = await askForImport(params);
  if (reply.is_async) return { message: reply.message, faults: ["A small import was answered with a job."] };
  const faults = reply.failed_files.map((file) => `${file.name}: ${file.message}`);
  if (reply.image_ids.length !== params.pictures.length) {
    faults.push(`${reply.image_ids.length} of ${params.pictures.length} pictures have an id in the answer.`);
  }
  return { message: reply.message, faults };
}

/** Imports many pictures by a job and waits for its end. @returns what went wrong, a line each */
export async function importByJob(
  params: ImportParams & { onProgress: (endedFiles: number) => void; signal: AbortSignal },
): Promise<string[]> {
  const reply = await askForImport(params);
  if (!reply.is_async) return ["A large import was answered at once instead of with a job."];
  const job = await followJob({ ...params, jobId: reply.job_id });
  return faultsOf(job, await itemsOf({ api: params.api, jobId: job.job_id }));
}

function askForImport({ api, connectionId, pictures }: ImportParams): Promise<ImportReply> {
  const files = pictures.map(({ id, name, mimeType, sizeBytes }) => ({
    id,
    name,
    mime_type: mimeType,
    size_bytes: sizeBytes,
  }));
  const body = { connection_id: connectionId, files, tags: ["demo"] };
  return api.call({ method: "POST", path: "/api/v2/cloud-storage/import", body, reply: ImportReply });
}
