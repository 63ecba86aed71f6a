import { setTimeout as sleep } from "node:timers/promises";
import { type Job, type JobItem, JobReply, ListJobItemsReply } from "@driveway/contract";
import type { ApiClient } from "./api-client.ts";

const POLL_MS = 100;

/**
 * Asks how a job stands until it has ended.
 * @param params.onProgress hears the files that have ended, failed ones included
 */
export async function followJob(params: {
  api: ApiClient;
  jobId: string;
  onProgress: (endedFiles: number) => void;
  signal: AbortSignal;
}): Promise<Job> {
  for (;;) {
    const path = `/api/v2/cloud-storage/jobs/${params.jobId}`;
    const { job } = await params.api.call({ method: "GET", path, reply: JobReply });
    params.onProgress(job.completed_files + job.failed_files);
    if (job.status !== "pending" && job.status !== "in_progress") return job;
    await sleep(POLL_MS, undefined, { signal: params.signal });
  }
}

/** Every item of a job, in the order of the request. */
export async function itemsOf(params: { api: ApiClient; jobId: string }): Promise<JobItem[]> {
  const items: JobItem[] = [];
  let cursor: string | null = null;
  do {
    const from: string = cursor === null ? "" : `&cursor=${cursor}`;
    const path = `/api/v2/cloud-storage/jobs/${params.jobId}/items?limit=1000${from}`;
    const page = await params.api.call({ method: "GET", path, reply: ListJobItemsReply });
    items.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return items;
}

/** What in a job did not end well, a line each; empty when every item is done. */
export function faultsOf(job: Job, items: readonly JobItem[]): string[] {
  const unfinished = items.filter((item) => item.state !== "done");
  const faults = unfinished.map(
    (item) => `${item.name}: ${item.state}${item.message === null ? "" : `, ${item.message}`}`,
  );
  if (job.status !== "completed")
    faults.push(`The ${job.type} job ended ${job.status}. ${job.error ?? ""}`.trim());
  return faults;
}
