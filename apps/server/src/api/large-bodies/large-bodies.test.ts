import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connectDrive } from "../../testing/connect-account.ts";
import { TEST_SCOPES } from "../../testing/google-client.ts";
import { openDatabase } from "../../testing/open-database.ts";
import { freePort, startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { readLargeBody } from "./read-large-body.ts";

const FILES = 100_000;
const LONGEST_BLOCK_MS = 100;
const IMPORT = "/api/v2/cloud-storage/import";

let app: TestApp;
let opened: ReturnType<typeof openDatabase>;
let connectionId: string;
let child: ChildProcess;
let childUrl: string;

beforeAll(async () => {
  app = await startTestApp({ environment: { ROLES: "api" } });
  opened = openDatabase(app.database);
  connectionId = await connectDrive(app);
  const port = await freePort();
  childUrl = `http://127.0.0.1:${port}`;
  const environment = {
    PORT: String(port),
    PUBLIC_URL: app.config.publicUrl,
    DATA_DIR: app.config.dataDir,
    ROLES: "api",
    GOOGLE_CLIENT_ID: app.sandbox.clientId,
    GOOGLE_CLIENT_SECRET: app.sandbox.clientSecret,
    GOOGLE_ISSUER: app.sandbox.issuer,
    GOOGLE_API_ROOT: app.sandbox.apiRoot,
    GOOGLE_SCOPES: TEST_SCOPES.join(" "),
  };
  const keys = app.encryptionKeys.map(({ id, secret }) => ({ id, secret: secret.toString("base64") }));
  const told = { environment, databaseUrl: app.database.connectionString, keys };
  const script = fileURLToPath(new URL("../../testing/measured-app.ts", import.meta.url));
  child = fork(script, [JSON.stringify(told)], { execArgv: [] });
  await once(child, "message");
});
afterAll(async () => {
  child.kill("SIGKILL");
  await once(child, "exit");
  await opened.close();
  await app.stop();
});

async function longestBlockMs(): Promise<number> {
  const answer = once(child, "message");
  child.send("measure");
  const [longest] = await answer;
  return longest;
}

const manyFiles = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    id: `file_${index}`.padEnd(44, "x"),
    name: `A picture with a name as long as they are ${index} ${"ä".repeat(100)}.jpg`,
    size_bytes: 1000 + index,
  }));

const send = (path: string, body: string) =>
  fetch(`${childUrl}${path}`, {
    method: "POST",
    body,
    headers: { authorization: `Bearer ${app.apiKey}`, "content-type": "application/json" },
  });

describe("a request of a hundred thousand files", { timeout: 120_000 }, () => {
  it("is written whole, and blocks the event loop for no more than a moment", async () => {
    const body = JSON.stringify({ connection_id: connectionId, files: manyFiles(FILES) });
    expect(body.length).toBeGreaterThan(20_000_000);
    await longestBlockMs();
    const response = await send(IMPORT, body);
    const longest = await longestBlockMs();
    expect(response.status).toBe(200);
    const reply = (await response.json()) as { job_id: string };
    expect(reply).toMatchObject({ is_async: true, total_files: FILES });
    const { rows } = await opened.db.execute(sql`
      select count(*)::int as items, count(distinct chunk_number)::int as chunks, max(position) as last,
        sum(size_bytes)::text as bytes, (select bytes_total::text from transfer_jobs where id = ${reply.job_id}) as total
      from transfer_items where job_id = ${reply.job_id}`);
    const [{ items, last, bytes, total, chunks } = {}] = rows as Record<string, unknown>[];
    expect([items, last, bytes]).toEqual([FILES, FILES - 1, total]);
    expect(chunks).toBeGreaterThan(FILES / 50);
    expect(longest).toBeLessThan(LONGEST_BLOCK_MS);
  });

  it("asks for images that are not there: it is told which, as quickly", async () => {
    const imageIds = Array.from({ length: FILES }, (_, index) => `img_${String(index).padStart(26, "0")}`);
    await longestBlockMs();
    const response = await send(
      "/api/v2/cloud-storage/export",
      JSON.stringify({ connection_id: connectionId, image_ids: imageIds }),
    );
    const longest = await longestBlockMs();
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { code: "image_not_found", details: { missing: FILES, image_ids: imageIds.slice(0, 10) } },
    });
    expect(longest).toBeLessThan(LONGEST_BLOCK_MS);
  });

  it("names more than a job may have: nothing is written", async () => {
    const before = await opened.db.execute(sql`select from transfer_jobs`);
    const files = manyFiles(FILES + 1).map(({ id }) => ({ id, name: "a" }));
    const response = await send(IMPORT, JSON.stringify({ connection_id: connectionId, files }));
    expect(await response.json()).toMatchObject({
      error: { code: "too_many_files", details: { limit: FILES } },
    });
    const after = await opened.db.execute(sql`select from transfer_jobs`);
    expect(after.rowCount).toBe(before.rowCount);
  });
});

describe("a large body", { timeout: 60_000 }, () => {
  const large = (change: (files: Record<string, unknown>[]) => void) => {
    const files: Record<string, unknown>[] = manyFiles(2_000);
    change(files);
    return JSON.stringify({ connection_id: connectionId, files });
  };
  const refusal = async (body: string) => {
    const response = await send(IMPORT, body);
    const { error } = (await response.json()) as {
      error: { code: string; message: string; details: unknown };
    };
    return { status: response.status, ...error };
  };

  it("is refused in the words in which a small one is", async () => {
    const spoil = (files: Record<string, unknown>[]) => {
      files.splice(0, files.length - 3);
      files[1] = { id: "a b", name: "", size_bytes: -1 };
    };
    const small = await refusal(large(spoil));
    const padded = await refusal(large(spoil).padEnd(300_000, " "));
    expect(small).toMatchObject({ status: 422, code: "validation_failed" });
    expect(padded).toEqual(small);
    const unknown = large((files) => Object.assign(files[7] ?? {}, { colour: "red" }));
    expect(await refusal(unknown)).toMatchObject({ status: 422, code: "unknown_field" });
  });

  it("that is no JSON, or reaches for a prototype, is refused like a small one", async () => {
    const whole = large(() => {});
    expect(await refusal(whole.slice(0, -1))).toMatchObject({ status: 400, code: "invalid_json" });
    const tricky = whole.replace('"size_bytes":1000', '"__proto__":{"a":1}');
    expect(await refusal(tricky)).toMatchObject({ status: 400, code: "invalid_json" });
  });

  it.each([
    ["numbers", "1,"],
    ["objects", "{},"],
  ])("of millions of %s in the place of files is refused before memory runs out", async (_what, entry) => {
    const entries = entry.repeat(30_000_000 / entry.length).slice(0, -1);
    const refused = await refusal(`{"connection_id":"${connectionId}","files":[${entries}]}`);
    expect(refused).toMatchObject({ status: 422, code: "validation_failed" });
  });

  it("that names a file twice asks for it once", async () => {
    const body = large((files) => files.push({ id: files[5]?.id, name: "again.jpg" }));
    const response = await send(IMPORT, body);
    expect(await response.json()).toMatchObject({ total_files: 2_000 });
  });

  it("that names an image twice asks for it once, whatever else it says", () => {
    const [one, other] = ["1", "2"].map((end) => `img_${end.padStart(26, "0")}`);
    const order = { connection_id: connectionId, image_ids: [one, other, one], on_conflict: "replace" };
    const { count, head } = readLargeBody("export", JSON.stringify(order));
    expect(count).toBe(2);
    expect(head).toEqual({ connection_id: connectionId, on_conflict: "replace" });
  });
});
