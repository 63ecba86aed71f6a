import { mkdirSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectDatabase, migrate, startEmbeddedPostgres } from "../../apps/server/src/db/index.ts";
import { createLog } from "../../apps/server/src/platform/index.ts";
import { atOnce } from "./at-once.ts";
import { median } from "./median.ts";
import { fillTenants, jobOf, pageOf, TENANTS, type Ways, waysOf } from "./rls-ways.ts";

const RESULT = fileURLToPath(new URL("../results/rls.json", import.meta.url));
const POOL_SIZE = 20;
const IN_FLIGHT = 32;
const RUN_MS = 2000;
const RUNS = 5;

interface Figure {
  readonly name: string;
  readonly requestsPerSecond: number;
  readonly medianMs: number;
  /** Of the throughput without row-level security, in the same run of the bench. */
  readonly ratio: number;
  readonly runs: readonly number[];
}

/**
 * What row-level security would cost a request: the same questions without it, with it in a transaction that names the tenant
 * first, and with the tenant named on a connection that is lent out for the request. In turns, medians of five.
 */
async function main(): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "driveway-bench-rls-"));
  const log = createLog({ level: "silent", pretty: false });
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  const { connectionString } = postgres;
  await migrate({ connectionString, log });
  const database = connectDatabase({ connectionString, poolSize: POOL_SIZE, applicationName: "bench", log });
  try {
    await fillTenants(database.pool);
    const ways = waysOf(database);
    const figures = [
      ...(await measure("job status", ways, jobOf)),
      ...(await measure("list of 100 images with its count", ways, pageOf)),
    ];
    for (const { name, requestsPerSecond, medianMs, ratio } of figures) {
      console.log(
        `${name.padEnd(90)}${Math.round(requestsPerSecond)}/s  ${medianMs.toFixed(2)} ms  ${ratio.toFixed(2)}`,
      );
    }
    write(figures);
  } finally {
    await database.close();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measure(name: string, ways: Ways, question: typeof jobOf): Promise<Figure[]> {
  const runs = new Map<string, { rates: number[]; times: number[] }>();
  for (let run = 0; run <= RUNS; run += 1) {
    for (const [way, { prepare, ask }] of Object.entries(ways)) {
      await prepare();
      const times: number[] = [];
      let number = 0;
      const done = await atOnce(IN_FLIGHT, RUN_MS, () => async () => {
        const beganMs = performance.now();
        await ask(number++ % TENANTS, question);
        times.push(performance.now() - beganMs);
        return 1;
      });
      // The first turn warms up.
      if (run === 0) continue;
      const kept = runs.get(way) ?? { rates: [], times: [] };
      kept.rates.push(done.times / done.seconds);
      kept.times.push(median(times));
      runs.set(way, kept);
    }
  }
  const base = median(runs.get("without row-level security")?.rates ?? []);
  return [...runs].map(([way, { rates, times }]) => ({
    name: `${name}, ${way}`,
    requestsPerSecond: median(rates),
    medianMs: median(times),
    ratio: median(rates) / base,
    runs: rates,
  }));
}

function write(figures: readonly Figure[]): void {
  const [processor] = cpus();
  const system = `${process.platform} ${process.arch}`;
  const machine = { processor: processor?.model, cores: cpus().length, system };
  const conditions = { inFlight: IN_FLIGHT, poolSize: POOL_SIZE, tenants: TENANTS };
  const results = { machine, node: process.version, date: new Date().toISOString(), conditions, figures };
  mkdirSync(fileURLToPath(new URL(".", import.meta.url)), { recursive: true });
  writeFileSync(RESULT, `${JSON.stringify(results, null, 2)}\n`);
}

await main();
