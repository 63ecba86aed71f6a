import { mkdir } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { createLog, type Log } from "../../platform/index.ts";
import { ensureDatabase } from "./ensure-database.ts";
import { initialise, isCluster, readPassword } from "./initialise.ts";
import { type Joined, joinServer } from "./join.ts";
import { locateBinaries } from "./locate-binaries.ts";
import { choosePlace, type Place } from "./place.ts";
import { isLastToLeave, isServerGone } from "./presence.ts";
import type { ServerSettings } from "./settings.ts";
import { stopServer } from "./stop.ts";

const HEAL_PAUSE_MS = 1000;

/** A PostgreSQL server on this machine that belongs to a data directory. */
export interface EmbeddedPostgres {
  /** Driveway's own database, as an ordinary role that may create others. */
  readonly connectionString: string;
  /** Whether this call started the server; else it was running already and is shared. */
  readonly owner: boolean;
  /**
   * Leaves the server; close all connections first. The last process that leaves stops it. May be called twice.
   * @throws {EmbeddedPostgresError} `stop_failed`
   */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL server of a data directory, or joins the one that runs there already; makes the database at the
 * first start. Processes of one machine that name the same data directory share one server. It outlives a process that is
 * killed, and the next one that comes takes it over. As long as the result is not stopped, a server that dies is started
 * again on the same port, so connection pools recover.
 *
 * Never give one data directory to two machines at once.
 * @param params.dataDir made if absent; the cluster is `postgres` in it
 * @param params.settings PostgreSQL settings for a server that is started now; `fsync: "off"` also skips flushing the new
 *   cluster to disk
 * @throws {EmbeddedPostgresError} see there
 */
export async function startEmbeddedPostgres(params: {
  dataDir: string;
  settings?: ServerSettings;
  log?: Log;
}): Promise<EmbeddedPostgres> {
  const log = params.log ?? createLog({ level: "silent", pretty: false });
  const settings = params.settings ?? {};
  await mkdir(params.dataDir, { recursive: true, mode: 0o700 });
  const place = await choosePlace({ dataDir: params.dataDir, binaries: await locateBinaries(), log });
  await initialise({ place, durable: settings.fsync !== "off" });
  const joined = await joinServer({ place, settings, lastPort: null });
  const { port, presence, started } = joined;
  try {
    const superuserPassword = await readPassword(place.clusterDir);
    const connectionString = await ensureDatabase({ superuser: presence, superuserPassword, port });
    log.info(
      { clusterDir: place.clusterDir, port, started, runAs: place.runAs.kind },
      "the embedded database is ready",
    );
    return { connectionString, owner: started, stop: stay({ place, settings, joined, log }) };
  } catch (error) {
    await leaveServer({ joined, place, log });
    throw error;
  }
}

/**
 * Holds the presence until asked to leave, and joins again when the server goes away under it.
 * @returns what leaves
 */
function stay(params: {
  place: Place;
  settings: ServerSettings;
  joined: Joined;
  log: Log;
}): () => Promise<void> {
  const { place, settings, log } = params;
  const lastPort = params.joined.port;
  let joined: Joined | null = null;
  let healing = Promise.resolve();
  let leaving: Promise<void> | null = null;

  const hold = (next: Joined) => {
    joined = next;
    next.presence.once("end", () => {
      joined = null;
      if (leaving === null) healing = heal();
    });
  };
  const heal = async (): Promise<void> => {
    log.warn({ port: lastPort }, "the embedded database went away; starting it again");
    while (leaving === null) {
      if (!(await isCluster(place))) {
        log.error({ clusterDir: place.clusterDir }, "the embedded database's data are gone");
        return;
      }
      try {
        const next = await joinServer({ place, settings, lastPort });
        hold(next);
        if (next.port === lastPort) log.info({ port: lastPort }, "the embedded database is back");
        else
          log.error(
            { port: next.port, lastPort },
            "the embedded database is back on another port; restart this process",
          );
        return;
      } catch (error) {
        log.error({ err: error }, "the embedded database does not start again");
        await pause(HEAL_PAUSE_MS);
      }
    }
  };
  const leave = async (): Promise<void> => {
    await healing;
    if (joined !== null) await leaveServer({ joined, place, log });
  };
  hold(params.joined);
  return () => {
    leaving ??= leave();
    return leaving;
  };
}

/** Stops the server when nobody else uses it, else only goes. */
async function leaveServer(params: { joined: Joined; place: Place; log: Log }): Promise<void> {
  const { presence, port } = params.joined;
  try {
    if (await isLastToLeave(presence)) {
      await stopServer(params.place);
      params.log.info({ port }, "the embedded database is stopped");
    } else {
      params.log.info({ port }, "the embedded database stays, others use it");
    }
  } catch (error) {
    if (!isServerGone(error)) throw error;
    params.log.warn({ port, err: error }, "the embedded database went away before it was stopped");
  } finally {
    await presence.end().catch(() => undefined);
  }
}
