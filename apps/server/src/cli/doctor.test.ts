import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { images } from "../db/index.ts";
import { addPictures } from "../testing/add-pictures.ts";
import { connectDrive } from "../testing/connect-account.ts";
import { openDatabase } from "../testing/open-database.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { createEmptyDatabase, createTestDatabase } from "../testing/test-database.ts";
import { testPictures } from "../testing/test-pictures.ts";
import { runCommand } from "./run-command.ts";

const NOBODY = "http://127.0.0.1:1";

let app: TestApp;
let opened: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  app = await startTestApp();
  opened = openDatabase(app.database);
  const connectionId = await connectDrive(app);
  const files = addPictures(app.sandbox, { pictures: await testPictures({ count: 3 }) });
  const body = { connection_id: connectionId, files };
  const imported = await app.request("POST", "/api/v2/cloud-storage/import", { body });
  expect(imported.body.image_ids).toHaveLength(3);
});
afterAll(async () => {
  await opened.close();
  await app.stop();
});

interface Told {
  readonly code: number;
  readonly text: string;
  readonly complaint: string;
}

async function doctor(args: readonly string[], changed: Record<string, string> = {}): Promise<Told> {
  const texts: string[] = [];
  const complaints: string[] = [];
  const code = await runCommand({
    args: ["doctor", ...args],
    environment: {
      DATABASE_URL: app.database.connectionString,
      DATA_DIR: app.config.dataDir,
      ENCRYPTION_KEYS: app.encryptionKeys
        .map(({ id, secret }) => `${id}:${secret.toString("base64")}`)
        .join(),
      GOOGLE_CLIENT_ID: app.sandbox.clientId,
      GOOGLE_CLIENT_SECRET: app.sandbox.clientSecret,
      GOOGLE_ISSUER: app.sandbox.issuer,
      GOOGLE_API_ROOT: app.sandbox.apiRoot,
      ...changed,
    },
    print: (text) => texts.push(text),
    complain: (text) => complaints.push(text),
    signal: new AbortController().signal,
  });
  return { code, text: texts.join("\n"), complaint: complaints.join("\n") };
}

/** What it finds, by code and subject. */
async function found(args: readonly string[], changed: Record<string, string> = {}) {
  const { code, text } = await doctor([...args, "--json"], changed);
  const { findings } = JSON.parse(text) as { findings: { code: string; subject: string }[] };
  expect(code).toBe(findings.length === 0 ? 0 : 1);
  return findings.map((one) => [one.code, one.subject]);
}

describe("driveway doctor", () => {
  it("finds nothing at a healthy service, however deep it looks", async () => {
    expect(await doctor([])).toEqual({ code: 0, text: "Nothing found.", complaint: "" });
    expect(await doctor(["--deep", "--verify"])).toMatchObject({ code: 0, text: "Nothing found." });
    expect(await found(["--deep"])).toEqual([]);
  });

  it("names a database that is not there, or not up to date, or another's", async () => {
    const nowhere = { DATABASE_URL: "postgres://x@127.0.0.1:1/x" };
    expect(await found([], nowhere)).toEqual([["database_unreachable", "the database"]]);
    const empty = await createEmptyDatabase();
    onTestFinished(() => empty.drop());
    const outdated = { DATABASE_URL: empty.connectionString };
    expect(await found(["--deep"], outdated)).toEqual([["database_not_migrated", "the database"]]);
  });

  it("names every fault of the configuration", async () => {
    expect(await found([], { PORT: "door", ROLES: "cook" })).toEqual([
      ["configuration_wrong", "PORT"],
      ["configuration_wrong", "ROLES"],
    ]);
  });

  it("names a provider that cannot be reached or is another, a key that is missing, a store that cannot be written", async () => {
    expect(await found([], { GOOGLE_ISSUER: NOBODY })).toEqual([["oauth_unreachable", NOBODY]]);
    const elsewhere = `${app.sandbox.issuer.replace("127.0.0.1", "localhost")}/`;
    expect((await found([], { GOOGLE_ISSUER: elsewhere })).map(([code]) => code)).toEqual([
      "oauth_unreachable",
    ]);
    const other = { ENCRYPTION_KEYS: `k2:${randomBytes(32).toString("base64")}` };
    expect(await found([], other)).toEqual([["sealing_key_missing", "test"]]);
    const directory = await mkdtemp(join(tmpdir(), "driveway-doctor-"));
    onTestFinished(() => rm(directory, { recursive: true, force: true }));
    await writeFile(join(directory, "blobs"), "a file where a folder should be");
    expect(await found([], { DATA_DIR: directory })).toEqual([["store_not_writable", "the blob store"]]);
  });

  it("warns of grants that run out within days, and of a job that nobody begins", async () => {
    await opened.db.execute(sql`update connections set refresh_token_expires_at = now() + interval '6 days'`);
    await opened.db.execute(sql`insert into transfer_jobs
      (id, tenant_id, user_id, type, connection_id, provider, status, options, pending_items, created_at, updated_at)
      select 'job_waiting', tenant_id, user_id, 'import', id, provider, 'pending', '{}', 0,
        now() - interval '1 hour', now() - interval '1 hour' from connections`);
    expect(await found([])).toEqual([
      ["job_waits_long", "job_waiting"],
      ["grants_run_out", "connections"],
    ]);
    await opened.db.execute(sql`update connections set refresh_token_expires_at = null`);
    await opened.db.execute(sql`delete from transfer_jobs where id = 'job_waiting'`);
  });

  it("names the lack of workers, where they say that they are there", async () => {
    const database = await createTestDatabase();
    onTestFinished(() => database.drop());
    const idle = openDatabase(database);
    try {
      await idle.db.execute(sql`create table if not exists workers
        (id text primary key, version text not null, seen_at timestamptz not null)`);
      const here = { DATABASE_URL: database.connectionString };
      expect(await found([], here)).toEqual([["no_worker", "workers"]]);
      await idle.db.execute(sql`insert into workers values ('w1', '1', now())`);
      expect(await found([], here)).toEqual([]);
    } finally {
      await idle.close();
    }
  });

  it("says of each finding what it is and what to do, a line each", async () => {
    const [image] = await opened.db.select().from(images).limit(1);
    const path = join(app.config.dataDir, "blobs", "objects", `${image?.blobKey}.blob`);
    await rm(path);
    const { code, text } = await doctor(["--deep"]);
    expect([code, text]).toEqual([
      1,
      expect.stringMatching(/^blob_missing: img_\w+\. Its blob .* is not there\. Put /),
    ]);
    expect(text.split("\n")).toHaveLength(1);
    expect(await found([])).toEqual([]);
  });

  it("takes --verify with --deep alone", async () => {
    const { code, text, complaint } = await doctor(["--verify"]);
    expect([code, text]).toEqual([2, ""]);
    expect(complaint).toContain("--deep");
  });
});
