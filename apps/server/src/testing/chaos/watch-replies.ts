import { setTimeout as delay } from "node:timers/promises";
import type { Person } from "./person.ts";
import type { Violations } from "./violations.ts";

const EVERY_MS = 100;
const RANKS: Readonly<Record<string, number>> = { pending: 0, in_progress: 1 };
const END_RANK = 2;

/** What the API says of a job. */
interface JobReading {
  readonly status: string;
  readonly total: number;
  readonly completed: number;
  readonly failed: number;
  readonly completedAt: string | null;
}

/** Asks the API for jobs in turn, as their owners do. */
export interface ReplyWatch {
  readonly replies: number;
  readonly readings: ReadonlyMap<string, JobReading>;
  follow(jobId: string, person: Person): void;
  stop(): Promise<void>;
}

export function watchReplies(params: { readonly violations: Violations }): ReplyWatch {
  const ending = new AbortController();
  const followed: { readonly jobId: string; readonly person: Person }[] = [];
  const readings = new Map<string, JobReading>();
  let replies = 0;
  const look = async (turn: number): Promise<void> => {
    const open = followed.filter(({ jobId }) => (readings.get(jobId)?.completedAt ?? null) === null);
    const next = open[turn % Math.max(1, open.length)];
    if (next === undefined) return;
    const { jobId, person } = next;
    const { status, body } = await person.ask("GET", `/api/v2/cloud-storage/jobs/${jobId}`);
    if (status !== 200) params.violations.add(`the API says ${status} of ${jobId}: ${JSON.stringify(body)}`);
    const reading = readingOf(body.job as Readonly<Record<string, unknown>>);
    for (const fault of faultsOf(reading, readings.get(jobId) ?? null)) {
      params.violations.add(`the API says of ${jobId}: ${fault}`);
    }
    readings.set(jobId, reading);
    replies += 1;
  };
  const loop = async (): Promise<void> => {
    for (let turn = 0; !ending.signal.aborted; turn += 1) {
      await look(turn).catch((error: unknown) => params.violations.add(String(error)));
      await delay(EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    get replies() {
      return replies;
    },
    readings,
    follow: (jobId, person) => {
      followed.push({ jobId, person });
    },
    async stop() {
      ending.abort();
      await looping;
    },
  };
}

function readingOf(job: Readonly<Record<string, unknown>>): JobReading {
  return {
    status: String(job.status),
    total: Number(job.total_files),
    completed: Number(job.completed_files),
    failed: Number(job.failed_files),
    completedAt: typeof job.completed_at === "string" ? job.completed_at : null,
  };
}

function faultsOf(reading: JobReading, before: JobReading | null): string[] {
  const faults: string[] = [];
  const { status, total, completed, failed, completedAt } = reading;
  if (completed + failed > total) faults.push(`${completed} and ${failed} of ${total} files`);
  if (status === "completed" && completed !== total) faults.push(`completed with ${completed} of ${total}`);
  const isEnd = rankOf(status) === END_RANK;
  if (isEnd !== (completedAt !== null)) faults.push(`${status}, and completed_at is ${String(completedAt)}`);
  if (before === null) return faults;
  if (completed < before.completed) faults.push(`${before.completed} completed files, then ${completed}`);
  if (rankOf(status) < rankOf(before.status)) faults.push(`${before.status}, then ${status}`);
  return faults;
}

function rankOf(status: string): number {
  return RANKS[status] ?? END_RANK;
}
