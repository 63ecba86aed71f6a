import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { readPassword } from "./initialise.ts";
import type { Place } from "./place.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { inspectProcess } from "./postmaster-process.ts";
import { enter } from "./presence.ts";
import { releaseStaleLock } from "./release-stale-lock.ts";
import type { ServerSettings } from "./settings.ts";
import { startServer } from "./start.ts";

/** How long something may be in the way (the survivors of a killed server, mostly) before it counts as a failure. */
const PATIENCE_MS = 15_000;
/** After this long a port that is taken is given up for another. */
const PORT_PATIENCE_MS = 5_000;
const PAUSE_MS = 50;
/** A server that ends while it starts is tried this often: another process may have stopped it, and that does not go on. */
const MOST_FAILURES = 4;

/** A running server, and our being there. */
export interface Joined {
  /** Keeps the server from being stopped by others; its "end" means that the server went away. */
  readonly presence: pg.Client;
  readonly port: number;
  /** Whether it was we who started the server. */
  readonly started: boolean;
}

/**
 * Joins the server of a cluster: the running one, or one that is started now. Whatever another process does at the same
 * moment (start it, stop it, be killed) is waited for.
 * @param params.lastPort the port that clients still know, used again when it can be
 * @throws {EmbeddedPostgresError} `start_failed`, `password_refused`
 */
export async function joinServer(params: {
  place: Place;
  settings: ServerSettings;
  lastPort: number | null;
}): Promise<Joined> {
  const { clusterDir } = params.place;
  const password = await readPassword(clusterDir);
  const beganAt = Date.now();
  let deadline = beganAt + PATIENCE_MS;
  let { lastPort } = params;
  let started = false;
  let failures = 0;
  let serverSaid = "";
  while (Date.now() < deadline && failures < MOST_FAILURES) {
    const state = await lookAtServer(clusterDir);
    if (state.kind === "running") {
      const presence = state.port === null ? null : await enter({ port: state.port, password });
      if (presence !== null && state.port !== null) return { presence, port: state.port, started };
      if (state.status === "starting") deadline = Date.now() + PATIENCE_MS;
    } else {
      lastPort ??= state.lastPort;
      const reuse = Date.now() - beganAt < PORT_PATIENCE_MS ? lastPort : null;
      const outcome = await startServer({ ...params, port: reuse ?? (await freePort()) });
      started = outcome.kind === "ready";
      if (outcome.kind === "ready") continue;
      if (outcome.kind === "failed") failures += 1;
      serverSaid = outcome.serverSaid;
    }
    await pause(PAUSE_MS);
  }
  throw new EmbeddedPostgresError("start_failed", `The database in ${clusterDir} does not start.`, {
    serverSaid,
  });
}

type ServerState =
  | { readonly kind: "running"; readonly port: number | null; readonly status: string | null }
  | { readonly kind: "down"; readonly lastPort: number | null };

async function lookAtServer(clusterDir: string): Promise<ServerState> {
  const file = await readPostmasterFile(clusterDir);
  if (file === null) return { kind: "down", lastPort: null };
  switch (await inspectProcess(file)) {
    case "postmaster":
      return { kind: "running", port: file.port, status: file.status };
    case "somebody_else":
      await releaseStaleLock(clusterDir, file);
      return { kind: "down", lastPort: file.port };
    case "gone":
      return { kind: "down", lastPort: file.port };
  }
}

/** A port of the loopback address that nobody uses at the moment. Another may take it meanwhile; then the start is tried again. */
async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port: 0 }, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("the system gave no port"));
      });
    });
  });
}
