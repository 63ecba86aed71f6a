import { connectDatabase } from "../db/connect.ts";
import { EmbeddedPostgresError, startEmbeddedPostgres } from "../db/embedded/index.ts";
import { createLog } from "../platform/index.ts";

/*
 * A process that uses the embedded PostgreSQL of the data directory in its first argument until SIGTERM, for tests that
 * kill one. It writes a line of JSON when it has begun, and another when it has ended in order.
 */

/** Commits reach the operating system before they are answered, so they survive a kill though not a power cut. */
const FAST = { fsync: "off", full_page_writes: "off" };

/** What the process writes when it has begun. */
export interface HoldBegun {
  readonly connectionString: string | null;
  readonly owner: boolean;
  readonly errorCode: string | null;
}

/** What it writes at the end: whether the database still answered after SIGTERM had come. */
export interface HoldEnded {
  readonly answeredAfterSignal: boolean;
}

async function hold(dataDir: string): Promise<void> {
  const log = createLog({ level: "silent", pretty: false });
  const { promise: signalled, resolve } = Promise.withResolvers<void>();
  process.once("SIGTERM", () => resolve());
  const postgres = await startEmbeddedPostgres({ dataDir, settings: FAST, log });
  const { connectionString, owner } = postgres;
  const database = connectDatabase({ connectionString, poolSize: 2, applicationName: "hold", log });
  await database.pool.query("select 1");
  say({ connectionString, owner, errorCode: null } satisfies HoldBegun);
  await signalled;
  const answer = await database.pool.query<{ one: number }>("select 1 as one");
  await database.close();
  await postgres.stop();
  say({ answeredAfterSignal: answer.rows[0]?.one === 1 } satisfies HoldEnded);
}

function say(line: HoldBegun | HoldEnded): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

if (import.meta.main) {
  try {
    await hold(process.argv[2] ?? "");
  } catch (error) {
    const errorCode = error instanceof EmbeddedPostgresError ? error.code : String(error);
    say({ connectionString: null, owner: false, errorCode });
    process.exitCode = 1;
  }
}
