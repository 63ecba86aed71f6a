import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { startEmbeddedPostgres } from "../../db/embedded/index.ts";
import { readPostmasterFile } from "../../db/embedded/postmaster-file.ts";

/** Commits reach the operating system before they are answered, so they survive a kill though not a power cut. */
const FAST = { fsync: "off", full_page_writes: "off" };
const BACK_WITHIN_MS = 60_000;
const POLL_MS = 50;
/** As `pg_ctl stop` sends them. `immediate` is a crash: nothing is written, and the next start recovers. */
const SIGNALS = { fast: "SIGINT", immediate: "SIGQUIT" } as const;

/** A PostgreSQL server of one run's own that can be restarted under its clients. */
export interface ChaosPostgres {
  readonly connectionString: string;
  /** Ends the server, and waits until it is there again on the same port. */
  restart(how: keyof typeof SIGNALS): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the server. Whoever holds an embedded server starts it again when it goes away, and that is made use of here. */
export async function startChaosPostgres(directory: string): Promise<ChaosPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir: directory, settings: FAST });
  const clusterDir = join(directory, "postgres");
  return {
    connectionString: postgres.connectionString,
    async restart(how) {
      const server = await readPostmasterFile(clusterDir);
      if (server === null) throw new Error("the database is not running");
      process.kill(server.pid, SIGNALS[how]);
      const deadline = Date.now() + BACK_WITHIN_MS;
      for (;;) {
        const next = await readPostmasterFile(clusterDir);
        if (next !== null && next.pid !== server.pid && (await answers(postgres.connectionString))) return;
        if (Date.now() > deadline) throw new Error("the database did not come back");
        await delay(POLL_MS);
      }
    },
    stop: () => postgres.stop(),
  };
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}
