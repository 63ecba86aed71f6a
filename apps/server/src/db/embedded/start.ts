import { join } from "node:path";
import type { Place } from "./place.ts";
import { runProgram } from "./run-as.ts";
import { readServerLog, serverLogPath, turnServerLog } from "./server-log.ts";
import { type ServerSettings, serverOptions } from "./settings.ts";

/**
 * How an attempt to start ended.
 * - `ready`: the server takes connections.
 * - `busy`: something is in its way that goes away: another process that starts the same server, the remains of a killed
 *   one, or somebody else on the port. Worth waiting for.
 * - `failed`: the server ended. It may not be able to start at all, or another process stopped it at once.
 */
export type StartOutcome =
  | { readonly kind: "ready" }
  | { readonly kind: "busy" | "failed"; readonly serverSaid: string };

const PASSES = new RegExp(
  [
    'lock file "postmaster\\.pid"',
    'PID file "',
    "pre-existing shared memory block",
    "Address already in use",
    "could not create any TCP/IP sockets",
  ].join("|"),
);

/** Recovery after a power cut may take this long; `pg_ctl` itself would give up after a minute. */
const START_SECONDS = 600;

/**
 * Starts the server and waits until it takes connections. It becomes a session of its own, so neither the end of this
 * process nor a Ctrl-C in its terminal reaches it.
 */
export async function startServer(params: {
  place: Place;
  port: number;
  settings: ServerSettings;
}): Promise<StartOutcome> {
  const { binDir, clusterDir, runAs } = params.place;
  const logBytes = await turnServerLog(clusterDir);
  const args = [
    ...["start", "-w", "-s", "-t", String(START_SECONDS), "-D", clusterDir, "-l", serverLogPath(clusterDir)],
    ...["-o", serverOptions(params.port, params.settings)],
  ];
  const started = await runProgram({ runAs, program: join(binDir, "pg_ctl"), args });
  if (started.exitCode === 0) return { kind: "ready" };
  const serverSaid = `${await readServerLog(clusterDir, logBytes)}${started.output}`;
  return { kind: PASSES.test(serverSaid) ? "busy" : "failed", serverSaid };
}
