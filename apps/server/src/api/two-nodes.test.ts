import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { addPictures } from "../testing/add-pictures.ts";
import { connectDrive } from "../testing/connect-account.ts";
import { startTestApp, type TestApp } from "../testing/start-test-app.ts";
import { testPictures } from "../testing/test-pictures.ts";

const CALLS = 200;

let first: TestApp;
let second: TestApp;
let client: pg.Client;
let connectionId: string;
let sessionId: string;
let files: { id: string; name: string }[];

beforeAll(async () => {
  first = await startTestApp();
  second = await startTestApp({ beside: first });
  client = new pg.Client({ connectionString: first.database.connectionString });
  await client.connect();
  files = addPictures(first.sandbox, { pictures: await testPictures({ count: 1 }) });
});
beforeEach(async () => {
  connectionId = await connectDrive(first);
  const path = `/api/v2/cloud-storage/connections/${connectionId}/picker-token?access_token=withhold`;
  sessionId = (await first.request("GET", path)).body.session.session_id;
});
afterAll(async () => {
  await client.end();
  await second.stop();
  await first.stop();
});

const nodeAt = (index: number) => (index % 2 === 0 ? first : second);

/** Looks through the proxy and imports, on two nodes, all at the same time. */
async function askAllAtOnce(): Promise<number[]> {
  const asked = Array.from({ length: CALLS }, async (_, index) => {
    const node = nodeAt(index);
    const reply =
      index % 20 < 18
        ? await node.request("POST", "/api/v2/cloud-storage/picker-proxy", {
            body: { session_id: sessionId, endpoint: "files", params: { pageSize: 1 } },
          })
        : await node.request("POST", "/api/v2/cloud-storage/import", {
            body: { connection_id: connectionId, files },
          });
    return reply.status;
  });
  return Promise.all(asked);
}

async function refreshesOf(work: () => Promise<unknown>): Promise<number> {
  const mark = first.sandbox.requests.mark();
  await work();
  return first.sandbox.requests.since(mark).filter(({ kind }) => kind === "oauth.token").length;
}

describe("two hundred calls at the same time on two nodes", { timeout: 90_000 }, () => {
  it("ask for one token when the one they share has run out", async () => {
    await client.query("update connections set access_token_expires_at = now()");
    let statuses: number[] = [];
    const refreshes = await refreshesOf(async () => {
      statuses = await askAllAtOnce();
    });
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refreshes).toBe(1);
  });

  it("are all told 401 with requires_reauth when the grant is dead, and ask Google once", async () => {
    first.sandbox.revokeGrant("alice@example.com");
    await client.query("update connections set access_token_expires_at = now()");
    const mark = first.sandbox.requests.mark();
    const replies = await Promise.all(
      Array.from({ length: CALLS }, (_, index) =>
        nodeAt(index).request("GET", `/api/v2/cloud-storage/connections/${connectionId}/picker-token`),
      ),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([401]));
    expect(replies.filter(({ body }) => body.requires_reauth !== true)).toEqual([]);
    const asked = first.sandbox.requests.since(mark).filter(({ kind }) => kind === "oauth.token");
    expect(asked).toHaveLength(1);
    const { rows } = await client.query(
      "select count(*)::int as events from audit_events where action = 'connection.needs_reauth'",
    );
    expect(rows).toEqual([{ events: 1 }]);
  });

  it("ask for one token when Google refuses the one they share before its time", async () => {
    // The last test here: ID tokens of a Google that is an hour ahead are refused.
    first.sandbox.clock.advance(61 * 60 * 1000);
    let statuses: number[] = [];
    const refreshes = await refreshesOf(async () => {
      statuses = await askAllAtOnce();
    });
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(refreshes).toBe(1);
  });
});
