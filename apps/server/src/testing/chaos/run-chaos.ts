import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { freePort } from "../start-test-app.ts";
import { chaosFaults } from "./chaos-faults.ts";
import { type ChaosDrive, OWNERS, startChaosDrive } from "./chaos-drive.ts";
import type { ChaosOptions } from "./chaos-options.ts";
import { type ChaosPostgres, startChaosPostgres } from "./chaos-postgres.ts";
import { type ChaosReport, reportSentences } from "./chaos-report.ts";
import { checkEnd } from "./check-end.ts";
import { type Fleet, startFleet } from "./fleet.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { startMayhem } from "./mayhem.ts";
import { connectPerson, HOST_AUDIENCE, HOST_ISSUER, type Person } from "./person.ts";
import { runOrders } from "./run-orders.ts";
import { seededRandom } from "./seeded-random.ts";
import { createViolations, type Violations } from "./violations.ts";
import { watchJobs } from "./watch-jobs.ts";
import { watchReplies } from "./watch-replies.ts";

const API_PROCESSES = 2;
const WORKERS = 3;
const SCOPES = ["openid", "email", "profile"].concat(
  ["drive.file", "drive.readonly"].map((name) => `https://www.googleapis.com/auth/${name}`),
);

/** Everything that one run started. */
interface World {
  readonly directory: string;
  readonly drive: ChaosDrive;
  readonly postgres: ChaosPostgres;
  readonly pool: pg.Pool;
  readonly fleet: Fleet;
  readonly people: readonly Person[];
  readonly violations: Violations;
}

/**
 * Runs imports and exports of several people over real processes, while requests fail in every way, workers are killed, and
 * API and PostgreSQL restarted; then compares all that is there with all that should be. Nothing stays behind.
 * @returns what it came to, and the evidence for what was broken
 */
export async function runChaos(
  options: ChaosOptions,
): Promise<{ readonly report: ChaosReport; readonly text: string }> {
  const opened = new AsyncDisposableStack();
  try {
    return await runIn(opened, options);
  } finally {
    await opened.disposeAsync();
  }
}

/** @param opened takes whatever must be closed, in the order of opening */
async function runIn(
  opened: AsyncDisposableStack,
  options: ChaosOptions,
): Promise<{ readonly report: ChaosReport; readonly text: string }> {
  const world = await startWorld(options, opened);
  const { drive, violations, fleet, pool } = world;
  const begunMs = Date.now();
  const random = seededRandom(options.seed + 1);
  const jobs = watchJobs({ pool, violations });
  opened.defer(() => jobs.stop());
  const replies = watchReplies({ violations });
  opened.defer(() => replies.stop());
  drive.sandbox.faults.replace(chaosFaults(options.seed));
  const itemsInAll = drive.files.length + options.exports;
  const mayhem = startMayhem({
    ...world,
    options,
    random: seededRandom(options.seed + 2),
    sandbox: drive.sandbox,
    progress: () => jobs.endedItems / itemsInAll,
  });
  opened.defer(() => mayhem.stop().catch(() => undefined));
  const orders = await runOrders({ ...world, options, random, jobs, replies, mayhem }).catch(
    async (cause: unknown) => {
      const sentences = [String(cause), ...violations.found];
      throw new Error(`seed ${options.seed}: ${await evidenceFor(world, sentences)}`, { cause });
    },
  );
  await mayhem.stop();
  const faults = faultsMet(drive);
  drive.sandbox.faults.clear();
  await Promise.all([jobs.stop(), replies.stop()]);
  const ends = await checkEnd({ ...world, orders });
  const report: ChaosReport = {
    seed: options.seed,
    passed: violations.found.length === 0,
    violations: violations.found,
    orders: orders.length,
    ...ends,
    mayhem: mayhem.report,
    requests: drive.sandbox.requests.count(),
    faults,
    samples: { database: jobs.samples, replies: replies.replies },
    memory: fleet.peaks,
    seconds: Math.round((Date.now() - begunMs) / 1000),
  };
  const sentences = reportSentences(report, options);
  if (report.passed) return { report, text: sentences };
  return { report, text: await evidenceFor(world, [sentences]) };
}

/** The sentences, and behind them what is known of whatever they name. */
async function evidenceFor({ drive, fleet }: World, sentences: readonly string[]): Promise<string> {
  const evidence = await gatherEvidence({ sentences, sandbox: drive.sandbox, logPaths: fleet.logPaths });
  return [...sentences, "", evidence].join("\n");
}

async function startWorld(options: ChaosOptions, opened: AsyncDisposableStack): Promise<World> {
  const directory = await makeDirectory(options, opened);
  const violations = createViolations();
  const postgres = await startChaosPostgres(join(directory, "database"));
  opened.defer(() => postgres.stop());
  const drive = await startChaosDrive(options);
  opened.defer(() => drive.sandbox.close());
  const pool = new pg.Pool({ connectionString: postgres.connectionString, max: 4 });
  pool.on("error", () => undefined);
  opened.defer(() => pool.end());
  const ports = await Promise.all(Array.from({ length: API_PROCESSES }, () => freePort()));
  const jwtSecret = randomBytes(32).toString("hex");
  const environment = environmentOf({ directory, drive, postgres, jwtSecret, port: ports[0] ?? 0 });
  const fleet = await startFleet({ environment, ports, workerCount: WORKERS, directory, violations });
  opened.defer(() => fleet.kill());
  const people: Person[] = [];
  for (const owner of OWNERS) {
    const tenant = owner === "carol@example.com" ? "the other workspace" : "the workspace";
    people.push(await connectPerson({ owner, tenant, urls: fleet.urls, jwtSecret }));
  }
  options.say(`${drive.files.length} files, ${people.length} people, everything is up`);
  return { directory, drive, postgres, pool, fleet, people, violations };
}

async function makeDirectory(options: ChaosOptions, opened: AsyncDisposableStack): Promise<string> {
  if (options.keepDirectory !== null) {
    await mkdir(options.keepDirectory, { recursive: true });
    return options.keepDirectory;
  }
  const directory = await mkdtemp(join(tmpdir(), "driveway-chaos-"));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

function environmentOf(world: {
  readonly directory: string;
  readonly drive: ChaosDrive;
  readonly postgres: ChaosPostgres;
  readonly jwtSecret: string;
  readonly port: number;
}): Record<string, string> {
  const { sandbox } = world.drive;
  return {
    HOST: "127.0.0.1",
    PUBLIC_URL: `http://127.0.0.1:${world.port}`,
    DATA_DIR: join(world.directory, "data"),
    DATABASE_URL: world.postgres.connectionString,
    ENCRYPTION_KEYS: `chaos:${randomBytes(32).toString("base64")}`,
    LOG_LEVEL: "warn",
    GOOGLE_CLIENT_ID: sandbox.clientId,
    GOOGLE_CLIENT_SECRET: sandbox.clientSecret,
    GOOGLE_ISSUER: sandbox.issuer,
    GOOGLE_API_ROOT: sandbox.apiRoot,
    GOOGLE_SCOPES: SCOPES.join(" "),
    AUTH_JWT_ISSUER: HOST_ISSUER,
    AUTH_JWT_AUDIENCE: HOST_AUDIENCE,
    AUTH_JWT_SECRET: world.jwtSecret,
    BOOTSTRAP_ADMIN_EMAIL: "admin@example.com",
    BOOTSTRAP_ADMIN_PASSWORD: randomBytes(16).toString("hex"),
    RATE_LIMIT_REQUESTS: "0",
    TRANSFER_IDLE_TIMEOUT: "2",
    SYNC_WAIT: "5",
  };
}

function faultsMet({ sandbox }: ChaosDrive): Record<string, number> {
  const met: Record<string, number> = {};
  for (const { fault } of sandbox.requests.since(0)) {
    if (fault !== null) met[fault] = (met[fault] ?? 0) + 1;
  }
  return met;
}
