import { and, desc, eq } from "drizzle-orm";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEvents, pickerSessions } from "../../db/index.ts";
import { DriveError } from "../../drives/index.ts";
import type { Person } from "../../testing/make-person.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../../testing/start-connections-world.ts";

const CONNECTIONS = "/api/v2/cloud-storage/connections";
const PROXY = "/api/v2/cloud-storage/picker-proxy";
const NOWHERE = "00000000-0000-4000-8000-000000000000";
const HOUR_MS = 60 * 60 * 1000;

let world: ConnectionsWorld;
let member: Person;
let connectionId: string;
let fileId: string;

beforeAll(async () => {
  world = await startConnectionsWorld();
  member = world.people.member;
  connectionId = await world.connect(member);
  const alice = world.sandbox.accounts[0]?.sub ?? "";
  const content = Buffer.from("some bytes");
  fileId = world.sandbox.drive.addFile(alice, { name: "photo.png", mimeType: "image/png", content }).id;
});

afterAll(() => world.stop());

const open = (as: Person, id: string, query = "") =>
  world.ask("GET", `${CONNECTIONS}/${id}/picker-token${query}`, { as });

async function session(): Promise<string> {
  return (await open(member, connectionId)).body.session.session_id;
}

const look = (body: object, as: Person = member) => world.ask("POST", PROXY, { as, body });

describe("GET connections/{connection_id}/picker-token", () => {
  it("200: opens a session with the real token, not cached", async () => {
    const reply = await open(member, connectionId);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.body).toEqual({
      session: {
        session_id: expect.stringMatching(/^picker_sess_[\w-]{43}$/),
        access_token: expect.stringMatching(/^ya29\./),
        app_id: "42",
        developer_key: "a key",
        expires_at: expect.stringMatching(/Z$/),
      },
    });
    expect(Date.parse(reply.body.session.expires_at)).toBeGreaterThan(world.now() + 5 * 60 * 1000);
  });

  it("200: leaves the token out when it is asked to", async () => {
    const { body } = await open(member, connectionId, "?access_token=withhold");
    expect(body.session.access_token).toBe("");
    const data = (await look({ session_id: body.session.session_id, endpoint: "files" })).body.data;
    expect(data.files).toHaveLength(1);
  });

  it("200: renews a token that is about to run out", async () => {
    const before = (await open(member, connectionId)).body.session;
    world.advance(HOUR_MS - 4 * 60 * 1000);
    const after = (await open(member, connectionId)).body.session;
    expect(after.access_token).not.toBe(before.access_token);
  });

  it("200: writes in the audit log that a token was given, and nothing when it is withheld", async () => {
    const given = async () =>
      await world.db.$count(
        auditEvents,
        and(eq(auditEvents.action, "picker.token_given"), eq(auditEvents.targetId, connectionId)),
      );
    const before = await given();
    await open(member, connectionId);
    expect(await given()).toBe(before + 1);
    await open(member, connectionId, "?access_token=withhold");
    expect(await given()).toBe(before + 1);
    const [event] = await world.db.select().from(auditEvents).orderBy(desc(auditEvents.createdAt)).limit(1);
    expect(event).toMatchObject({ actorKind: "api_key", actorUserId: member.principal.userId });
    expect(JSON.stringify(event)).not.toContain("ya29");
  });

  it("200: never with the token where the deployment withholds it", async () => {
    const strict = world.node({ givesPickerTokens: false });
    const { principal } = member;
    const opened = await strict.openPickerSession({ principal, connectionId, withholdToken: false });
    expect(opened.accessToken).toBe("");
    const look = { principal, sessionId: opened.sessionId, endpoint: "about", params: {} };
    expect(await strict.pickerProxy(look)).toHaveProperty("user");
  });

  it("200: at most fifty sessions of a connection, of which the oldest ends for one more", async () => {
    const first = await session();
    await Promise.all(Array.from({ length: 49 }, () => session()));
    const ofConnection = eq(pickerSessions.connectionId, connectionId);
    expect(await world.db.$count(pickerSessions, ofConnection)).toBe(50);
    expect((await look({ session_id: first, endpoint: "about" })).status).toBe(200);
    world.advance(1);
    const latest = await session();
    await Promise.all(Array.from({ length: 20 }, () => session()));
    expect(await world.db.$count(pickerSessions, ofConnection)).toBe(50);
    expect((await look({ session_id: first, endpoint: "about" })).status).toBe(401);
    expect((await look({ session_id: latest, endpoint: "about" })).status).toBe(200);
  });

  it.each([
    ["goes", "delete from connections where id = $1", 404, "connection_not_found"],
    [
      "loses its grant",
      "update connections set status = 'needs_reauth' where id = $1",
      401,
      "REAUTH_REQUIRED",
    ],
  ] as const)(
    "a connection that %s in the same moment: no session and no fault of ours",
    async (_what, change, status, code) => {
      const { admin } = world.people;
      const id = await world.connect(admin, "bob@example.com");
      const client = new pg.Client({ connectionString: world.database.connectionString });
      await client.connect();
      await client.query("begin");
      await client.query(change, [id]);
      const opened = open(admin, id);
      const waiting =
        "select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'";
      await expect.poll(async () => (await world.db.execute(waiting)).rowCount, { interval: 5 }).toBe(1);
      await client.query("commit");
      await client.end();
      const reply = await opened;
      expect([reply.status, reply.body.error.code]).toEqual([status, code]);
      expect(await world.db.$count(pickerSessions, eq(pickerSessions.connectionId, id))).toBe(0);
    },
  );

  it("401: the sessions of a grant that died, also after the next one", async () => {
    const { admin } = world.people;
    const id = await world.connect(admin, "bob@example.com");
    const session_id = (await open(admin, id)).body.session.session_id;
    world.sandbox.revokeGrant("bob@example.com");
    expect((await look({ session_id, endpoint: "about" }, admin)).body.error.code).toBe("REAUTH_REQUIRED");
    expect((await look({ session_id, endpoint: "about" }, admin)).body.error.code).toBe(
      "picker_session_invalid",
    );
    expect(await world.connect(admin, "bob@example.com")).toBe(id);
    expect((await look({ session_id, endpoint: "about" }, admin)).body.error.code).toBe(
      "picker_session_invalid",
    );
  });

  it("401: a grant that is dead", async () => {
    const { admin } = world.people;
    const id = await world.connect(admin, "bob@example.com");
    world.sandbox.revokeGrant("bob@example.com");
    world.advance(HOUR_MS);
    const reply = await open(admin, id);
    expect([reply.status, reply.body]).toMatchObject([
      401,
      { error: { code: "REAUTH_REQUIRED", details: { requires_reauth: true } }, requires_reauth: true },
    ]);
    expect((await open(admin, id)).status).toBe(401);
    const listed = await world.ask("GET", `${CONNECTIONS}?active_only=false`, { as: admin });
    expect(listed.body.connections).toMatchObject([{ id, is_active: false, needs_reauth_reason: "revoked" }]);
  });

  it("401: nobody", async () => {
    expect((await world.ask("GET", `${CONNECTIONS}/${connectionId}/picker-token`)).status).toBe(401);
  });

  it("403: a colleague's, for an admin too", async () => {
    const reply = await open(world.people.admin, connectionId);
    expect([reply.status, reply.body.error.code]).toEqual([403, "forbidden"]);
  });

  it("404: by HEAD, which opens no session", async () => {
    const before = await world.db.$count(pickerSessions);
    const path = `${CONNECTIONS}/${connectionId}/picker-token`;
    expect((await world.ask("HEAD", path, { as: member })).status).toBe(404);
    expect(await world.db.$count(pickerSessions)).toBe(before);
  });

  it("404: another tenant's, and an unknown one", async () => {
    expect((await open(world.people.stranger, connectionId)).status).toBe(404);
    expect((await open(member, NOWHERE)).status).toBe(404);
  });

  it("502: a provider that fails, which leaves the connection active", async () => {
    world.advance(2 * HOUR_MS);
    world.oauthFaults.refresh = () =>
      Promise.reject(new DriveError("try_later", "down", { reason: "http_503" }));
    expect((await open(member, connectionId)).status).toBe(502);
    delete world.oauthFaults.refresh;
    expect((await open(member, connectionId)).status).toBe(200);
  });
});

describe("POST picker-proxy", () => {
  it("200: Google's own answer for each of the four endpoints", async () => {
    const session_id = await session();
    const list = await look({ session_id, endpoint: "files", params: { pageSize: 10, fields: "files(id)" } });
    expect(list.body).toEqual({ data: { files: [{ id: fileId }] } });
    const file = await look({
      session_id,
      endpoint: `files/${fileId}`,
      params: { fields: "id,name,mimeType,size" },
    });
    expect(file.body).toEqual({
      data: { id: fileId, name: "photo.png", mimeType: "image/png", size: "10" },
    });
    const about = await look({ session_id, endpoint: "about", params: { fields: "user(emailAddress)" } });
    expect(about.body).toEqual({ data: { user: { emailAddress: "alice@example.com" } } });
    const account = await look({ session_id, endpoint: "about" });
    expect(account.body.data).toMatchObject({
      user: { emailAddress: "alice@example.com" },
      storageQuota: { usage: expect.any(String) },
    });
    const alice = world.sandbox.accounts[0]?.sub ?? "";
    const doc = world.sandbox.drive.addFile(alice, {
      name: "doc",
      mimeType: "application/vnd.google-apps.document",
      content: null,
      exports: { "text/plain": Buffer.from("hello") },
    });
    const params = { mimeType: "text/plain" };
    const exported = await look({ session_id, endpoint: `files/${doc.id}/export`, params });
    expect(exported.body.data).toMatchObject({ encoding: "base64", content: "aGVsbG8=" });
  });

  it("400: an endpoint, a parameter and a value that it does not pass on", async () => {
    const session_id = await session();
    const refused = await Promise.all([
      look({ session_id, endpoint: "files/../about" }),
      look({ session_id, endpoint: "" }),
      look({ session_id, endpoint: `files/${fileId}`, params: { alt: "media" } }),
      look({ session_id, endpoint: "files", params: { q: ["x"] } }),
    ]);
    expect(refused.map(({ status, body }) => [status, body.error.code])).toEqual([
      [400, "endpoint_not_allowed"],
      [400, "endpoint_not_allowed"],
      [400, "parameter_not_allowed"],
      [400, "parameter_not_allowed"],
    ]);
    expect(refused[2]?.body.error.details).toEqual({ parameter: "alt" });
  });

  it("400, 403 and 404: Google's own", async () => {
    const session_id = await session();
    const bad = await look({ session_id, endpoint: "files", params: { q: "((" } });
    expect([bad.status, bad.body.error.code]).toEqual([400, "provider_bad_request"]);
    const params = { mimeType: "image/png" };
    const forbidden = await look({ session_id, endpoint: `files/${fileId}/export`, params });
    expect([forbidden.status, forbidden.body.error.code]).toEqual([403, "provider_forbidden"]);
    const missing = await look({ session_id, endpoint: "files/nowhere" });
    expect([missing.status, missing.body.error.code]).toEqual([404, "provider_not_found"]);
  });

  it.each(["", "x", "picker_sess_", "picker_sess_unknown", "../..", "' or 1=1", "a".repeat(5000), "\u0000"])(
    "401: the session %.20j",
    async (session_id) => {
      const reply = await look({ session_id, endpoint: "files" });
      expect([reply.status, reply.body.error.code]).toEqual([401, "picker_session_invalid"]);
    },
  );

  it("401: a session of somebody else, and one that has ended", async () => {
    const session_id = await session();
    for (const person of [world.people.admin, world.people.stranger]) {
      const reply = await look({ session_id, endpoint: "files" }, person);
      expect([reply.status, reply.body.error.code]).toEqual([401, "picker_session_invalid"]);
    }
    world.advance(HOUR_MS);
    expect((await look({ session_id, endpoint: "files" })).status).toBe(401);
  });

  it("401: nobody, before the body is looked at", async () => {
    const reply = await world.ask("POST", PROXY, { body: { nonsense: true } });
    expect([reply.status, reply.body.error.code]).toEqual([401, "unauthenticated"]);
  });

  it("401: a grant that was revoked at Google meanwhile", async () => {
    const { stranger } = world.people;
    const id = await world.connect(stranger, "bob@example.com");
    const session_id = (await open(stranger, id)).body.session.session_id;
    world.sandbox.revokeGrant("bob@example.com");
    const reply = await look({ session_id, endpoint: "files" }, stranger);
    expect([reply.status, reply.body.error.code]).toEqual([401, "REAUTH_REQUIRED"]);
  });

  it("429: an account that Google wants to be left alone, with when to come back, and Google is not asked", async () => {
    const { admin } = world.people;
    const email = "bob@example.com";
    const session_id = (await open(admin, await world.connect(admin, email))).body.session.session_id;
    const fault = { kind: "status", status: 429, retryAfterSeconds: 120 } as const;
    world.sandbox.faults.add({ route: "files.list", email, times: 1, fault });
    const before = world.sandbox.requests.count("files.list");
    for (const _again of [1, 2]) {
      const reply = await look({ session_id, endpoint: "files" }, admin);
      expect([reply.status, reply.body.error.code]).toEqual([429, "provider_rate_limited"]);
      expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(60);
    }
    expect(world.sandbox.requests.count("files.list")).toBe(before + 1);
  });

  it("422: a body that is none", async () => {
    expect((await look({ endpoint: "files" })).status).toBe(422);
    expect((await look({ session_id: 5, endpoint: "files" })).status).toBe(422);
    expect((await look({ session_id: "x", endpoint: "files", headers: {} })).status).toBe(422);
  });
});
