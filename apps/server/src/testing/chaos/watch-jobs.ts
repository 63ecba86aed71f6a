import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { faultsOfSample, type JobSample } from "./job-sample.ts";
import type { Violations } from "./violations.ts";

const EVERY_MS = 100;

const SAMPLE = `
  select job.id, job.status, job.attempt, job.completed_at is not null as "hasEnded",
    json_build_object('pending', pending_items, 'running', running_items, 'done', done_items,
      'skipped', skipped_items, 'failed', failed_items, 'cancelled', cancelled_items) as counters,
    coalesce((select string_agg(left(item.state, 1), '' order by item.position) from transfer_items item
      where item.job_id = job.id), '') as states
  from transfer_jobs job`;

/** Looks at all jobs in the database, again and again. */
export interface JobWatch {
  readonly samples: number;
  readonly jobs: ReadonlyMap<string, JobSample>;
  /** Items that have ended, in all jobs. */
  readonly endedItems: number;
  stop(): Promise<void>;
}

/** Begins to watch. While the database is away there is nothing to see, and that is no fault. */
export function watchJobs(params: { readonly pool: pg.Pool; readonly violations: Violations }): JobWatch {
  const ending = new AbortController();
  const jobs = new Map<string, JobSample>();
  let samples = 0;
  let endedItems = 0;
  const look = async (): Promise<void> => {
    const { rows } = await params.pool.query<JobSample>(SAMPLE);
    samples += 1;
    endedItems = 0;
    for (const sample of rows) {
      for (const fault of faultsOfSample(sample, jobs.get(sample.id) ?? null)) params.violations.add(fault);
      jobs.set(sample.id, sample);
      endedItems += sample.states.replaceAll(/[pr]/g, "").length;
    }
    for (const id of jobs.keys()) {
      if (!rows.some((row) => row.id === id)) params.violations.add(`${id} is not in the database any more`);
    }
  };
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await look().catch(() => undefined);
      await delay(EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const looping = loop();
  return {
    get samples() {
      return samples;
    },
    jobs,
    get endedItems() {
      return endedItems;
    },
    async stop() {
      ending.abort();
      await looping;
    },
  };
}
