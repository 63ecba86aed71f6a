import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import pg from "pg";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runOn } from "../../testing/test-server.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./index.ts";
import { readPostmasterFile } from "./postmaster-file.ts";

const FAST = { fsync: "off", synchronous_commit: "off", full_page_writes: "off" };

let dataDir: string;
let running: EmbeddedPostgres[];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "driveway-embedded-"));
  running = [];
});

afterEach(async () => {
  for (const postgres of running) await postgres.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(settings: Record<string, string> = FAST): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, settings });
  running.push(postgres);
  return postgres;
}

async function ask<T extends pg.QueryResultRow>(url: string, query: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(query)).rows;
  } finally {
    await client.end();
  }
}

const clusterDir = () => join(dataDir, "postgres");

describe("the embedded PostgreSQL", () => {
  it("keeps what was committed from one start to the next, durably by default", async () => {
    const first = await start({});
    expect(first.owner).toBe(true);
    await runOn(first.connectionString, "create table kept (n int); insert into kept values (7)");
    expect(await ask(first.connectionString, "show fsync")).toEqual([{ fsync: "on" }]);
    await first.stop();
    expect(await readPostmasterFile(clusterDir())).toBeNull();
    const second = await start({});
    expect(second.owner).toBe(true);
    expect(await ask(second.connectionString, "select n from kept")).toEqual([{ n: 7 }]);
  });

  it("listens on the loopback address alone, in UTF-8, for an ordinary role with a password", async () => {
    const { connectionString } = await start();
    const [facts] = await ask(
      connectionString,
      `select current_setting('listen_addresses') as addresses, 
              current_setting('server_encoding') as encoding, current_setting('jit') as jit, rolsuper as super,
              (select datlocale from pg_database where datname = current_database()) as locale
         from pg_roles where rolname = current_user`,
    );
    expect(facts).toEqual({
      addresses: "127.0.0.1",
      encoding: "UTF8",
      jit: "off",
      super: false,
      locale: "C.UTF-8",
    });
    const lines = (await readPostmasterFile(clusterDir()))?.text.split("\n") ?? [];
    expect(lines[4]).toBe("");
    const wrong = new URL(connectionString);
    wrong.password = "wrong";
    await expect(runOn(wrong.href, "select 1")).rejects.toThrow("password authentication failed");
    const password = await stat(join(clusterDir(), "superuser-password"));
    expect(password.mode & 0o777).toBe(0o600);
  });

  it("leaves nothing but the cluster in the data directory, and clears away what a crash left there", async () => {
    const abandoned = join(dataDir, "postgres.new-abandoned");
    const young = join(dataDir, "postgres.new-young");
    for (const draft of [abandoned, young]) {
      await mkdir(join(draft, "cluster"), { recursive: true });
      await writeFile(join(draft, "cluster", "PG_VERSION"), "18\n");
    }
    await utimes(abandoned, 0, 0);
    await start();
    expect((await readdir(dataDir)).sort()).toEqual(["postgres", "postgres.new-young"]);
  });

  it("is shared within a data directory and stops with the last that leaves", async () => {
    const first = await start();
    const second = await start();
    expect(second).toMatchObject({ owner: false, connectionString: first.connectionString });
    await first.stop();
    await runOn(second.connectionString, "select 1");
    await second.stop();
    await second.stop();
    await expect(runOn(second.connectionString, "select 1")).rejects.toThrow("ECONNREFUSED");
  });

  it("stays for a client that is not Driveway", async () => {
    const first = await start();
    const client = new pg.Client({ connectionString: first.connectionString });
    await client.connect();
    await first.stop();
    expect((await client.query("select 1 as one")).rows).toEqual([{ one: 1 }]);
    await client.end();
    expect((await start()).owner).toBe(false);
  });

  it("never leaves anybody with a stopped server, however many come and go at once", async () => {
    const sharedDir = dataDir;
    const comeAndGo = async () => {
      for (let round = 0; round < 6; round += 1) {
        const postgres = await startEmbeddedPostgres({ dataDir: sharedDir, settings: FAST });
        await runOn(postgres.connectionString, "select 1");
        await postgres.stop();
      }
    };
    await Promise.all([comeAndGo(), comeAndGo(), comeAndGo(), comeAndGo()]);
    expect(await readPostmasterFile(clusterDir())).toBeNull();
  });

  it("is stopped when its own server is gone, even if the next one has begun by then", async () => {
    const postgres = await start();
    const stopped = postgres.stop();
    while ((await readPostmasterFile(clusterDir())) !== null) await setImmediate();
    const next = join(clusterDir(), "postmaster.pid");
    await writeFile(next, `${process.pid}\n${clusterDir()}\n`);
    await stopped;
    await rm(next);
  });

  it("starts in spite of a lock file whose process id belongs to somebody else by now", async () => {
    const first = await start();
    const lock = await readFile(join(clusterDir(), "postmaster.pid"), "utf8");
    await first.stop();
    await writeFile(join(clusterDir(), "postmaster.pid"), lock.replace(/^\d+/, String(process.pid)));
    const second = await start();
    expect(second.owner).toBe(true);
    expect(second.connectionString).toBe(first.connectionString);
    expect((await readdir(clusterDir())).filter((name) => name.startsWith("postmaster.pid"))).toEqual([
      "postmaster.pid",
    ]);
  });

  it("says what PostgreSQL said when it does not start", async () => {
    const failure = start({ shared_buffers: "plenty" });
    await expect(failure).rejects.toMatchObject({ name: "EmbeddedPostgresError", code: "start_failed" });
    await expect(failure).rejects.toThrow(
      /does not start\.[\s\S]*invalid value for parameter "shared_buffers"/,
    );
    await expect(start({ "fsync=off -c jit": "on" })).rejects.toThrow(
      "is not the name of a PostgreSQL setting",
    );
  });

  it("does not touch a folder that holds something else, or a cluster of another version", async () => {
    await mkdir(clusterDir());
    await writeFile(join(clusterDir(), "letter.txt"), "mine");
    await expect(start()).rejects.toMatchObject({ code: "data_not_ours" });
    await writeFile(join(clusterDir(), "PG_VERSION"), "14\n");
    await expect(start()).rejects.toMatchObject({ code: "data_incompatible" });
    expect((await readdir(dataDir)).sort()).toEqual(["postgres"]);
  });
});
