import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLog } from "../../platform/index.ts";
import { type Holder, spawnHolder } from "../../testing/spawn-holder.ts";
import { runOn } from "../../testing/test-server.ts";
import { connectDatabase } from "../connect.ts";
import { startEmbeddedPostgres } from "./index.ts";
import { readPostmasterFile } from "./postmaster-file.ts";

const FAST = { fsync: "off", full_page_writes: "off" };
const log = createLog({ level: "silent", pretty: false });

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "driveway-killed-"));
});

afterEach(async () => {
  // Joins whatever server is left and is the last to leave it.
  await (await startEmbeddedPostgres({ dataDir, settings: FAST })).stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function postmasterPid(): Promise<number> {
  const file = await readPostmasterFile(join(dataDir, "postgres"));
  if (file === null) throw new Error("no server is running");
  return file.pid;
}

function urlOf(holder: Holder): string {
  if (holder.begun.connectionString === null)
    throw new Error(`the process did not begin: ${holder.begun.errorCode}`);
  return holder.begun.connectionString;
}

describe("the embedded PostgreSQL and processes that come, go and die", () => {
  it("is made once when two processes start at the same moment", async () => {
    const holders = await Promise.all([spawnHolder(dataDir), spawnHolder(dataDir)]);
    expect(holders.filter((holder) => holder.begun.owner)).toHaveLength(1);
    expect(new Set(holders.map(urlOf)).size).toBe(1);
    await Promise.all(holders.map((holder) => holder.terminate()));
    expect(await readPostmasterFile(join(dataDir, "postgres"))).toBeNull();
  });

  it("answers a process that is told to end until that process has finished, then stops", async () => {
    const holder = await spawnHolder(dataDir);
    expect(await holder.terminate()).toEqual({ answeredAfterSignal: true });
    expect(await readPostmasterFile(join(dataDir, "postgres"))).toBeNull();
  });

  it("survives a process that is killed, and the next one takes it over and stops it", async () => {
    const killed = await spawnHolder(dataDir);
    await killed.kill();
    const pid = await postmasterPid();
    const next = await spawnHolder(dataDir);
    expect(next.begun).toMatchObject({ owner: false, connectionString: urlOf(killed) });
    expect(await postmasterPid()).toBe(pid);
    await next.terminate();
    expect(await readPostmasterFile(join(dataDir, "postgres"))).toBeNull();
  });

  it("is started again with its data after the process and the server were both killed", async () => {
    const killed = await spawnHolder(dataDir);
    await runOn(urlOf(killed), "create table kept (n int)");
    const pid = await postmasterPid();
    await killed.kill();
    process.kill(pid, "SIGKILL");
    const next = await spawnHolder(dataDir);
    expect(next.begun.owner).toBe(true);
    await runOn(urlOf(next), "insert into kept values (1)");
    await next.terminate();
  });

  it("comes back on the same port when the server is killed under a process, so that its pool recovers", async () => {
    const postgres = await startEmbeddedPostgres({ dataDir, settings: FAST });
    const { connectionString } = postgres;
    const database = connectDatabase({ connectionString, poolSize: 2, applicationName: "test", log });
    await database.pool.query("create table kept (n int)");
    const pid = await postmasterPid();
    process.kill(pid, "SIGKILL");
    // Connections of the old server may answer for a moment, so the new one is waited for first.
    await expect.poll(async () => (await postmasterPid()) !== pid, { timeout: 20_000 }).toBe(true);
    await expect
      .poll(async () => (await database.pool.query("insert into kept values (1)")).rowCount, {
        timeout: 20_000,
      })
      .toBe(1);
    await database.close();
    await postgres.stop();
    expect(await readPostmasterFile(join(dataDir, "postgres"))).toBeNull();
  });
});
