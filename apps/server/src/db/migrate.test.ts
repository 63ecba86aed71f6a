import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { createLog } from "../platform/index.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { migrate } from "./migrate.ts";

const log = createLog({ level: "silent", pretty: false });

let directory: string;
let database: TestDatabase;
let client: pg.Client;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "driveway-migrations-"));
  database = await createEmptyDatabase();
  client = new pg.Client({ connectionString: database.connectionString });
  await client.connect();
});

afterEach(async () => {
  await client.end();
  await database.drop();
  await rm(directory, { recursive: true, force: true });
});

const run = () => migrate({ connectionString: database.connectionString, directory, log });
const file = (name: string, text: string) => writeFile(join(directory, name), text);

describe("migrations", () => {
  it("are applied in order, once, and recorded", async () => {
    await file("0002_fill.sql", "insert into things values (1); insert into things values (2);");
    await file("0001_things.sql", "create table things (n int);");
    await file("readme.txt", "not a migration");
    expect(await run()).toEqual({ applied: ["0001_things", "0002_fill"], version: 2 });
    expect(await run()).toEqual({ applied: [], version: 2 });
    await file("0003_more.sql", "insert into things values (3);");
    expect(await run()).toEqual({ applied: ["0003_more"], version: 3 });
    expect((await client.query("select n from things order by n")).rows).toEqual([
      { n: 1 },
      { n: 2 },
      { n: 3 },
    ]);
    const recorded = await client.query(
      "select version, name, sha256, applied_at from schema_migrations order by version",
    );
    expect(recorded.rows[0]).toEqual({
      version: 1,
      name: "things",
      sha256: "bebbe82b53ee265212592214da504396b746535025cbfdb3bf57c8c55b219d82",
      applied_at: expect.any(Date),
    });
  });

  it("are applied once when several processes begin at the same time", async () => {
    await file("0001_things.sql", "create table things (n int); select pg_sleep(0.2);");
    const reports = await Promise.all([run(), run(), run()]);
    expect(reports.flatMap((report) => report.applied)).toEqual(["0001_things"]);
    expect(reports.map((report) => report.version)).toEqual([1, 1, 1]);
  });

  it("leave nothing of a step that fails, keep the steps before it, and name the line", async () => {
    await file("0001_things.sql", "create table things (n int);");
    await file("0002_broken.sql", "create table others (n int);\ninsert into nowhere values (1);");
    await expect(run()).rejects.toMatchObject({ name: "MigrationError", code: "migration_failed" });
    await expect(run()).rejects.toThrow('0002_broken failed in line 2: relation "nowhere" does not exist.');
    const tables = await client.query(
      "select to_regclass('things') as things, to_regclass('others') as others",
    );
    expect(tables.rows).toEqual([{ things: "things", others: null }]);
    await file("0002_broken.sql", "create table others (n int);");
    expect(await run()).toEqual({ applied: ["0002_broken"], version: 2 });
  });

  it("refuse a file that changed after it was applied, line ends aside", async () => {
    await file("0001_things.sql", "create table things (\n  n int);\n");
    await run();
    await file("0001_things.sql", "create table things (\r\n  n int);\r\n");
    expect(await run()).toEqual({ applied: [], version: 1 });
    await file("0001_things.sql", "create table things (n bigint);");
    await expect(run()).rejects.toMatchObject({ code: "migration_changed" });
  });

  it("refuse a database that a newer Driveway wrote", async () => {
    await file("0001_things.sql", "create table things (n int);");
    await file("0002_more.sql", "create table more (n int);");
    await run();
    await rm(join(directory, "0002_more.sql"));
    await expect(run()).rejects.toMatchObject({ code: "database_newer" });
  });

  it.each([
    { names: ["0001_one.sql", "0003_three.sql"], why: "a gap" },
    { names: ["0001_one.sql", "0001_two.sql"], why: "a number used twice" },
    { names: ["1_one.sql"], why: "a strange name" },
  ])("refuse $why in their numbering before anything is applied", async ({ names }) => {
    for (const name of names) await file(name, "create table things (n int);");
    await expect(run()).rejects.toMatchObject({ code: "migration_files_invalid" });
    expect((await client.query("select to_regclass('things') as things")).rows).toEqual([{ things: null }]);
  });
});

describe("Driveway's own migrations", () => {
  let migrated: TestDatabase;

  beforeAll(async () => {
    migrated = await createTestDatabase();
  });

  afterAll(() => migrated.drop());

  it("are in every test database already", async () => {
    expect(inject("templateDatabase")).toMatch(/^driveway_template_/);
    const files = (await readdir(new URL("./migrations", import.meta.url))).filter((name) =>
      name.endsWith(".sql"),
    );
    const { connectionString } = migrated;
    expect(await migrate({ connectionString, log })).toEqual({ applied: [], version: files.length });
  });
});
