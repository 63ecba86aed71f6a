import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import type { Place } from "./place.ts";
import { type PostmasterFile, readPostmasterFile } from "./postmaster-file.ts";
import { inspectProcess } from "./postmaster-process.ts";
import { runProgram } from "./run-as.ts";
import { readServerLog } from "./server-log.ts";

/** A checkpoint of much that was written is slow on a slow disk. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;

/**
 * Stops the server in order: open transactions are rolled back, everything is written to disk ("fast" shutdown).
 * One that has ended meanwhile is as good.
 *
 * `pg_ctl` gives the order, and the wait is for the one server that got it. `pg_ctl`'s own wait is for a folder without any
 * server, and so may fail or go on when somebody else starts the next one at once.
 * @throws {EmbeddedPostgresError} `stop_failed`
 */
export async function stopServer(place: Place): Promise<void> {
  const { binDir, clusterDir, runAs } = place;
  const server = await readPostmasterFile(clusterDir);
  if (server === null) return;
  const args = ["stop", "-W", "-s", "-m", "fast", "-D", clusterDir];
  const told = await runProgram({ runAs, program: join(binDir, "pg_ctl"), args });
  for (const deadline = Date.now() + PATIENCE_MS; ; await pause(PAUSE_MS)) {
    if (await hasEnded(clusterDir, server)) return;
    if (told.exitCode !== 0 || Date.now() > deadline) break;
  }
  const serverSaid = `${await readServerLog(clusterDir, 0)}${told.output}`;
  throw new EmbeddedPostgresError("stop_failed", `The database in ${clusterDir} does not stop.`, {
    serverSaid,
  });
}

/** Whether a server is no more: its file is gone or belongs to the next one, or it died and left the file. */
async function hasEnded(clusterDir: string, server: PostmasterFile): Promise<boolean> {
  const file = await readPostmasterFile(clusterDir);
  if (file?.pid !== server.pid) return true;
  return (await inspectProcess(file)) !== "postmaster";
}
