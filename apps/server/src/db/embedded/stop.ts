import { join } from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import type { Place } from "./place.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { runProgram } from "./run-as.ts";
import { readServerLog } from "./server-log.ts";

/**
 * Stops the server in order: open transactions are rolled back, everything is written to disk ("fast" shutdown).
 * One that has ended meanwhile is as good.
 * @throws {EmbeddedPostgresError} `stop_failed`
 */
export async function stopServer(place: Place): Promise<void> {
  const { binDir, clusterDir, runAs } = place;
  const args = ["stop", "-w", "-s", "-m", "fast", "-D", clusterDir];
  const stopped = await runProgram({ runAs, program: join(binDir, "pg_ctl"), args });
  if (stopped.exitCode === 0 || (await readPostmasterFile(clusterDir)) === null) return;
  const serverSaid = `${await readServerLog(clusterDir, 0)}${stopped.output}`;
  throw new EmbeddedPostgresError("stop_failed", `The database in ${clusterDir} does not stop.`, {
    serverSaid,
  });
}
