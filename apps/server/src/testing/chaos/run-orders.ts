import { setTimeout as delay } from "node:timers/promises";
import type pg from "pg";
import { type ChaosDrive, OWNERS } from "./chaos-drive.ts";
import type { ChaosOptions } from "./chaos-options.ts";
import type { Mayhem } from "./mayhem.ts";
import { type Order, placeOrder, planImports } from "./orders.ts";
import type { Person } from "./person.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { JobWatch } from "./watch-jobs.ts";
import type { ReplyWatch } from "./watch-replies.ts";

const POLL_MS = 100;
const SAY_EVERY_MS = 10_000;
/** Orders that are under way at a time, so that some come while things break. */
const OPEN_ORDERS = 6;
const EXPORTS_A_JOB = 60;

interface Parts {
  readonly options: ChaosOptions;
  readonly random: SeededRandom;
  readonly drive: ChaosDrive;
  readonly people: readonly Person[];
  readonly pool: pg.Pool;
  readonly jobs: JobWatch;
  readonly replies: ReplyWatch;
  readonly mayhem: Mayhem;
}

/**
 * Places all imports, a few at a time, and then the exports of what came of them; waits for the end of each.
 * @returns the orders as they were placed
 * @throws {Error} when the time of the run is up
 */
export async function runOrders(parts: Parts): Promise<Order[]> {
  const deadlineMs = Date.now() + parts.options.limitMs;
  const imports = planImports(parts.drive.files, parts.random);
  await placeAll(parts, imports, deadlineMs);
  const exports = await planExports(parts);
  await placeAll(parts, exports, deadlineMs);
  return [...imports, ...exports];
}

async function placeAll(parts: Parts, orders: readonly Order[], deadlineMs: number): Promise<void> {
  const open = new Set<string>();
  let saidMs = Date.now();
  const waiting = [...orders];
  while (waiting.length > 0 || open.size > 0) {
    if (Date.now() > deadlineMs) throw new Error(await overdue(parts, [...open]));
    for (const id of open) if (parts.jobs.jobs.get(id)?.hasEnded === true) open.delete(id);
    const next = open.size < OPEN_ORDERS ? waiting.shift() : undefined;
    if (next !== undefined) open.add(await place(parts, next));
    else await delay(POLL_MS);
    if (Date.now() - saidMs < SAY_EVERY_MS) continue;
    saidMs = Date.now();
    const { workerKills } = parts.mayhem.report;
    parts.options.say(
      `${parts.jobs.endedItems} files have ended, ${open.size} jobs are open, ${waiting.length} are to come, ${workerKills} kills`,
    );
  }
}

async function place(parts: Parts, order: Order): Promise<string> {
  const person = parts.people.find(({ owner }) => owner === order.owner);
  if (person === undefined) throw new Error(`nobody has the drive of ${order.owner}`);
  const id = await parts.mayhem.inPeace(() => placeOrder(person, order));
  parts.replies.follow(id, person);
  return id;
}

/** The largest images, which take the resumable way, and others by chance; each once. */
async function planExports({ pool, options }: Parts): Promise<Order[]> {
  const { rows } = await pool.query<{ imageId: string; owner: Order["owner"] }>(
    `select image.id as "imageId", connection.provider_email as owner
     from images image join connections connection on connection.id = image.source_connection_id
     order by image.size_bytes desc, image.id limit $1`,
    [options.exports],
  );
  const orders: Order[] = [];
  for (const owner of OWNERS) {
    const own = rows.filter((row) => row.owner === owner).map(({ imageId }) => imageId);
    for (let start = 0; start < own.length; start += EXPORTS_A_JOB) {
      const imageIds = own.slice(start, start + EXPORTS_A_JOB);
      orders.push({ mark: `export ${orders.length}`, owner, type: "export", files: [], imageIds });
    }
  }
  return orders;
}

async function overdue({ pool, jobs }: Parts, open: readonly string[]): Promise<string> {
  const { rows } = await pool.query(
    "select name, state, retry_count, start_after, heartbeat_on, data from queue.job where state in ('created', 'retry', 'active')",
  );
  const samples = open.map((id) => JSON.stringify(jobs.jobs.get(id)));
  return ["The time of the run is up.", ...samples, ...rows.map((row) => JSON.stringify(row))].join("\n");
}
