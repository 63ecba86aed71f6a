import { randomUUID } from "node:crypto";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { idempotencyKeys, images, transferJobs } from "../../db/index.ts";
import { addPictures } from "../../testing/add-pictures.ts";
import type { AskOptions } from "../../testing/ask.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { openDatabase } from "../../testing/open-database.ts";
import { startTestApp, type TestApp } from "../../testing/start-test-app.ts";
import { testPictures } from "../../testing/test-pictures.ts";

const IMPORT = "/api/v2/cloud-storage/import";
const EXPORT = "/api/v2/cloud-storage/export";

/** Two nodes that answer and leave the work to others, so that a request waits as long as the test wants. */
let node: TestApp;
let otherNode: TestApp;
let opened: ReturnType<typeof openDatabase>;
let connectionId: string;

beforeAll(async () => {
  node = await startTestApp({ environment: { ROLES: "api" } });
  otherNode = await startTestApp({ beside: node, environment: { ROLES: "api" } });
  opened = openDatabase(node.database);
  connectionId = await connectDrive(node);
});
afterAll(async () => {
  await opened.close();
  await otherNode.stop();
  await node.stop();
});

const newKey = () => randomUUID();

async function newBody(count = 1) {
  const files = addPictures(node.sandbox, { pictures: await testPictures({ count }) });
  return { connection_id: connectionId, files };
}

function send(key: string, body: unknown, options: Partial<AskOptions> & { readonly at?: TestApp } = {}) {
  const { at = node, headers = { prefer: "respond-async" }, ...rest } = options;
  return at.request("POST", IMPORT, { body, headers: { "idempotency-key": key, ...headers }, ...rest });
}

const jobCount = () => opened.db.$count(transferJobs);

/** Runs while a worker is there. */
async function withWorker<T>(work: () => Promise<T>): Promise<T> {
  const worker = await startTestApp({ beside: node, environment: { ROLES: "worker" } });
  try {
    return await work();
  } finally {
    await worker.stop();
  }
}

async function endOf(jobId: string) {
  const job = async () => (await node.request("GET", `/api/v2/cloud-storage/jobs/${jobId}`)).body.job;
  await expect.poll(async () => (await job()).completed_at, { timeout: 20_000 }).not.toBeNull();
  return job();
}

describe("an Idempotency-Key", () => {
  it("makes one job of a request and its repetition, at whichever node, with the same answer", async () => {
    const [key, body, before] = [newKey(), await newBody(), await jobCount()];
    const first = await send(key, body);
    const second = await send(key, body, { at: otherNode });
    expect([first.status, first.headers.get("idempotency-replayed")]).toEqual([200, null]);
    expect([second.status, second.headers.get("idempotency-replayed")]).toEqual([200, "true"]);
    expect(second.text).toBe(first.text);
    expect(await jobCount()).toBe(before + 1);
  });

  it("may be quoted, as the draft has it", async () => {
    const [key, body] = [newKey(), await newBody()];
    const bare = await send(key, body);
    const quoted = await send(`"${key}"`, body);
    expect(quoted.body.job_id).toBe(bare.body.job_id);
  });

  it.each([
    ["empty", '""'],
    ["longer than 255 characters", "k".repeat(256)],
    ["with a blank in it", "a b"],
    ["with a quote that is not closed", '"abc'],
    ["with parameters behind it", '"abc";a=1'],
    ["sent twice", "one, two"],
  ])("is refused when it is %s, by its name", async (_what, key) => {
    const before = await jobCount();
    const { status, body } = await send(key, await newBody());
    expect([status, body.error.code]).toEqual([422, "validation_failed"]);
    expect(JSON.stringify(body.error.details)).toContain("idempotency-key");
    expect(await jobCount()).toBe(before);
  });

  it("with another body is 422, and nothing is written", async () => {
    const key = newKey();
    await send(key, await newBody());
    const before = await jobCount();
    const { status, body } = await send(key, await newBody());
    expect([status, body.error.code]).toEqual([422, "idempotency_key_reused"]);
    expect(await jobCount()).toBe(before);
  });

  it("counts for its user and its operation alone", async () => {
    const key = newKey();
    const imported = await send(key, await newBody());
    const { body } = await node.request("POST", EXPORT, {
      body: { connection_id: connectionId, image_ids: ["img_01h455vb4pex5vsknk084sn02q"] },
      headers: { "idempotency-key": key },
    });
    expect([imported.status, body.error.code]).toEqual([200, "image_not_found"]);
  });

  it("of a refused request is free: the same request is looked at anew", async () => {
    const key = newKey();
    const body = { ...(await newBody()), collection_id: "col_01h455vb4pex5vsknk084sn02q" };
    expect((await send(key, body)).body.error.code).toBe("collection_not_found");
    const { collection_id: _, ...good } = body;
    expect((await send(key, good)).status).toBe(200);
  });

  it("lets one of many requests at the same time through; the others are in flight or answered alike", async () => {
    const [key, body, before] = [newKey(), await newBody(50), await jobCount()];
    const replies = await Promise.all(
      Array.from({ length: 24 }, (_, index) => send(key, body, { at: index % 2 === 0 ? node : otherNode })),
    );
    const good = replies.filter(({ status }) => status === 200);
    const others = replies.filter(({ status }) => status !== 200);
    expect(new Set(good.map(({ text }) => text)).size).toBe(1);
    for (const { status, body: told, headers } of others) {
      expect([status, told.error.code]).toEqual([409, "idempotency_key_in_flight"]);
      expect(headers.get("retry-after")).toBe("1");
    }
    expect(await jobCount()).toBe(before + 1);
  });

  it("is in flight while the first request waits, then both are answered the same", {
    timeout: 30_000,
  }, async () => {
    const [key, body] = [newKey(), await newBody(2)];
    const first = send(key, body, { headers: {} });
    await expect.poll(() => opened.db.$count(idempotencyKeys, sql`key = ${key}`)).toBe(1);
    const early = await send(key, body, { at: otherNode, headers: {} });
    expect([early.status, early.body.error.code]).toEqual([409, "idempotency_key_in_flight"]);
    expect(early.headers.get("retry-after")).toBe("1");
    const answered = await withWorker(() => first);
    expect(answered.body).toMatchObject({ is_async: false, message: "2 files imported successfully" });
    const late = await send(key, body, { at: otherNode, headers: {} });
    expect([late.status, late.text]).toEqual([200, answered.text]);
    expect(late.headers.get("idempotency-replayed")).toBe("true");
  });

  it("of a client that went away is answered from its job, which is not made again", async () => {
    const [key, body, before] = [newKey(), await newBody(), await jobCount()];
    const leaving = new AbortController();
    const lost = fetch(`${node.url}${IMPORT}`, {
      method: "POST",
      signal: leaving.signal,
      headers: {
        authorization: `Bearer ${node.apiKey}`,
        "content-type": "application/json",
        "idempotency-key": key,
      },
      body: JSON.stringify(body),
    });
    await expect.poll(() => opened.db.$count(idempotencyKeys, sql`key = ${key}`)).toBe(1);
    leaving.abort();
    await expect(lost).rejects.toThrow();
    await expect.poll(async () => (await send(key, body, { at: otherNode })).status).toBe(200);
    const { body: answer, headers } = await send(key, body);
    expect(answer).toMatchObject({ is_async: true, status: "pending" });
    expect(headers.get("idempotency-replayed")).toBe("true");
    expect(await jobCount()).toBe(before + 1);
  });

  it("of a process that died before it answered gives the images once the job has ended", {
    timeout: 30_000,
  }, async () => {
    const [key, body, before] = [newKey(), await newBody(2), await jobCount()];
    const { body: lost } = await send(key, body);
    // What a process leaves behind that is killed while its request waits.
    await opened.db.execute(
      sql`update idempotency_keys set reply = null, waiting_until = now() + interval '1 hour' where key = ${key}`,
    );
    expect((await send(key, body, { headers: {} })).body.error.code).toBe("idempotency_key_in_flight");
    await withWorker(() => endOf(lost.job_id));
    const first = await send(key, body, { headers: {} });
    expect(first.body).toMatchObject({ is_async: false, import_job_id: lost.job_id });
    expect(first.body.image_ids).toHaveLength(2);
    expect((await send(key, body)).text).toBe(first.text);
    expect(await jobCount()).toBe(before + 1);
  });

  it("may be sent with a large body, whose bytes are compared", async () => {
    const files = Array.from({ length: 20_000 }, (_, index) => ({
      id: `file_${index}`,
      name: `${index}.jpg`,
    }));
    const [key, body] = [newKey(), { connection_id: connectionId, files }];
    const first = await send(key, body);
    expect(first.body).toMatchObject({ is_async: true, total_files: 20_000 });
    expect((await send(key, body)).text).toBe(first.text);
    const changed = { ...body, files: [...files.slice(1), { id: "file_0", name: "another.jpg" }] };
    expect((await send(key, changed)).body.error.code).toBe("idempotency_key_reused");
    await opened.db.execute(sql`delete from transfer_jobs where id = ${first.body.job_id}`);
  });

  it("does not let a body pass that is too large", async () => {
    const tooLarge = JSON.stringify({ padding: "x".repeat(33 * 1024 * 1024) });
    const chunked = new Blob([tooLarge]).stream();
    const { status } = await fetch(`${node.url}${IMPORT}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${node.apiKey}`,
        "content-type": "application/json",
        "idempotency-key": newKey(),
      },
      body: chunked,
      duplex: "half",
    });
    expect(status).toBe(413);
  });

  it("of an export gives the same job, with the second answer as the first", {
    timeout: 30_000,
  }, async () => {
    const made = await withWorker(() => node.request("POST", IMPORT, { body: { ...awaited } }));
    const body = { connection_id: connectionId, image_ids: made.body.image_ids };
    const headers = { "idempotency-key": newKey() };
    const first = await node.request("POST", EXPORT, { body, headers });
    const second = await node.request("POST", EXPORT, { body, headers });
    expect(first.body).toMatchObject({ is_async: true, job_status: "pending" });
    expect(second.text).toBe(first.text);
  });
});

let awaited: object;
beforeAll(async () => {
  awaited = await newBody();
});

describe("an Idempotency-Key of a retry", () => {
  it("runs the failed files again once, and belongs to that job", { timeout: 60_000 }, async () => {
    const failing = { connection_id: connectionId, files: [{ id: "missing", name: "gone.jpg" }] };
    const [one, two] = await withWorker(async () => {
      const replies = [await send(newKey(), failing), await send(newKey(), failing)];
      for (const { body } of replies) await endOf(body.job_id);
      return replies.map(({ body }) => body.job_id as string);
    });
    const headers = { "idempotency-key": newKey() };
    const retry = (id = "") => node.request("POST", `/api/v2/cloud-storage/jobs/${id}/retry`, { headers });
    const replies = await Promise.all([retry(one), retry(one), retry(one)]);
    const good = replies.filter(({ status }) => status === 200);
    expect(good.length).toBeGreaterThan(0);
    for (const reply of replies.filter(({ status }) => status !== 200)) {
      expect(reply.body.error.code).toBe("idempotency_key_in_flight");
    }
    const again = await retry(one);
    expect([again.status, again.body.job]).toMatchObject([200, { job_id: one, status: "pending" }]);
    expect((await retry(two)).body.error.code).toBe("idempotency_key_reused");
    expect((await node.request("POST", `/api/v2/cloud-storage/jobs/${two}/retry`)).status).toBe(200);
    expect(await opened.db.$count(images)).toBeGreaterThan(0);
  });
});
