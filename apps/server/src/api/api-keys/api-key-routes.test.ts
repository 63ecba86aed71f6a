import { type ApiKey, CreateApiKeyReply, ListApiKeysReply } from "@driveway/contract";
import { desc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiKeys, auditEvents, authUsers, users } from "../../db/index.ts";
import { hashSecret } from "../../platform/index.ts";
import { makePerson, newApiKey, type Person } from "../../testing/make-person.ts";
import { type Edge, startEdge } from "../../testing/start-edge.ts";
import { sessionRoutes } from "../session/session-routes.ts";
import { apiKeyRoutes } from "./api-key-routes.ts";

const PATH = "/api/v2/api-keys";
const HOUR = 3_600_000;

let edge: Edge;
let owner: Person;
let stranger: Person;
beforeAll(async () => {
  edge = await startEdge((app, parts) => {
    apiKeyRoutes(app, parts);
    sessionRoutes(app, parts);
  });
  ({ owner, stranger } = edge);
});
afterAll(() => edge.stop());

function post(body: unknown, as = owner): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return edge.fetch(PATH, { method: "POST", headers, body: JSON.stringify(body), as });
}

async function create(body: object = {}, as = owner) {
  const response = await post({ name: "a key", scopes: ["read"], ...body }, as);
  expect(response.status).toBe(201);
  return CreateApiKeyReply.parse(await response.json());
}

const revoke = (id: string, as = owner) => edge.fetch(`${PATH}/${id}`, { method: "DELETE", as });

const bearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

/** What a key may do, as the service itself says; null when it is no key. */
async function scopesOf(secret: string): Promise<string[] | null> {
  const response = await edge.fetch("/api/v2/me", bearer(secret));
  if (response.status === 401) return null;
  return ((await response.json()) as { scopes: string[] }).scopes;
}

async function errorOf(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { error: { code: string } }).error.code];
}

const lastEvent = async () => {
  const [event] = await edge.db
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.tenantId, owner.principal.tenantId))
    .orderBy(desc(auditEvents.id))
    .limit(1);
  return event;
};

/** Somebody of the console, with a key. */
async function consoleUser(role: "admin" | "member"): Promise<Person> {
  const person = await makePerson(edge.db, { role });
  const { userId } = person.principal;
  await edge.db.insert(authUsers).values({ id: userId, name: "n", email: `${userId}@example.com` });
  await edge.db.update(users).set({ authUserId: userId }).where(eq(users.id, userId));
  return person;
}

const demote = ({ principal }: Person) =>
  edge.db.update(users).set({ role: "member" }).where(eq(users.id, principal.userId));

describe("POST api-keys", () => {
  it("201: a key that works at once for its maker, shown this once and not stored anywhere", async () => {
    const expiresAt = new Date(Date.now() + HOUR).toISOString();
    const response = await post({
      name: "nightly",
      scopes: ["cloud_storage:read", "read", "read"],
      expires_at: expiresAt,
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const { api_key: key, secret } = CreateApiKeyReply.parse(await response.json());
    expect(secret).toMatch(/^dw_[A-Za-z0-9_-]{43}$/);
    const { userId: user_id } = owner.principal;
    expect(key).toMatchObject({ name: "nightly", prefix: secret.slice(0, 11), user_id, state: "active" });
    expect(key).toMatchObject({ scopes: ["cloud_storage:read", "read"], expires_at: expiresAt });
    expect(key).toMatchObject({ last_used_at: null, revoked_at: null });
    expect(await scopesOf(secret)).toEqual(["cloud_storage:read", "read"]);

    const row = sql`select k::text as text from api_keys k where secret_sha256 = ${hashSecret(secret)}`;
    const { rows } = await edge.db.execute<{ text: string }>(row);
    expect(rows).toHaveLength(1);
    expect(rows[0]?.text).not.toContain(secret.slice(11));
    expect(JSON.stringify(await edge.db.select().from(auditEvents))).not.toContain(secret.slice(11));
  });

  it("201: tells the audit log who made which key", async () => {
    const { api_key: key } = await create({ scopes: ["cloud_storage:write", "read"] });
    expect(await lastEvent()).toMatchObject({
      action: "api_key.created",
      actorKind: "api_key",
      actorUserId: owner.principal.userId,
      targetKind: "api_key",
      targetId: key.id,
      details: { prefix: key.prefix, scopes: "cloud_storage:write read" },
    });
  });

  it("400: an end that has come already", async () => {
    const expires_at = new Date(Date.now() - 1).toISOString();
    const response = await post({ name: "late", scopes: ["read"], expires_at });
    expect(await errorOf(response)).toEqual([400, "expiry_not_in_future"]);
  });

  it.each([
    ["no name", { scopes: ["read"] }],
    ["an empty name", { name: "", scopes: ["read"] }],
    ["a NUL in the name", { name: "a\u0000b", scopes: ["read"] }],
    ["no scopes", { name: "x", scopes: [] }],
    ["an unknown scope", { name: "x", scopes: ["root"] }],
    ["scopes as a text", { name: "x", scopes: "read" }],
    ["a time without its zone", { name: "x", scopes: ["read"], expires_at: "2099-01-01T00:00:00" }],
    ["an unknown field", { name: "x", scopes: ["read"], user_id: "usr_1" }],
  ])("422: %s", async (_name, body) => {
    expect((await post(body)).status).toBe(422);
  });

  it("403: for whoever is no admin, so that nobody makes a key that allows more than they may", async () => {
    const { secret } = await create({ scopes: ["write"] });
    const response = await edge.fetch(PATH, {
      method: "POST",
      headers: { ...bearer(secret).headers, "content-type": "application/json" },
      body: JSON.stringify({ name: "more", scopes: ["admin"] }),
    });
    expect(await errorOf(response)).toEqual([403, "insufficient_scope"]);
    const { principal } = owner;
    const narrow = { ...principal, scopes: new Set(["write"] as const) };
    const more = { principal: narrow, name: "more", scopes: ["admin"] as const, expiresAt: null };
    await expect(edge.identity.createApiKey(more)).rejects.toMatchObject({ code: "insufficient_scope" });
  });
});

describe("a key", () => {
  it("loses what its user may no longer do, and gets it back with the role", async () => {
    const person = await consoleUser("admin");
    const { secret } = await create({ scopes: ["admin"] }, person);
    const { secret: narrow } = await create({ scopes: ["cloud_storage:read"] }, person);
    expect(await scopesOf(secret)).toEqual(["admin"]);
    await demote(person);
    expect(await scopesOf(secret)).toEqual(["write"]);
    expect(await scopesOf(narrow)).toEqual(["cloud_storage:read"]);
    const listing = await edge.fetch(PATH, bearer(secret));
    expect(await errorOf(listing)).toEqual([403, "insufficient_scope"]);
    await edge.db.update(users).set({ role: "admin" }).where(eq(users.id, person.principal.userId));
    expect(await scopesOf(secret)).toEqual(["admin"]);
  });

  it("is gone with its user", async () => {
    const person = await consoleUser("admin");
    const { secret } = await create({}, person);
    await edge.db.delete(users).where(eq(users.id, person.principal.userId));
    expect(await scopesOf(secret)).toBeNull();
  });
});

describe("GET api-keys", () => {
  it("200: newest first, page by page, with how each stands and without secrets", async () => {
    const admin = await makePerson(edge.db);
    const old = await create({ name: "old" }, admin);
    const ending = await create(
      { name: "ending", expires_at: new Date(Date.now() + HOUR).toISOString() },
      admin,
    );
    await create({ name: "young" }, admin);
    await revoke(old.api_key.id, admin);
    const ended = { expiresAt: new Date(Date.now() - 1) };
    await edge.db.update(apiKeys).set(ended).where(eq(apiKeys.id, ending.api_key.id));
    const read = async (query: string) => {
      const response = await edge.fetch(`${PATH}${query}`, { as: admin });
      const text = await response.text();
      expect(text).not.toContain(old.secret.slice(11));
      return ListApiKeysReply.parse(JSON.parse(text));
    };
    const first = await read("?limit=2");
    expect(first.api_keys.map(({ name, state }) => [name, state])).toEqual([
      ["young", "active"],
      ["ending", "expired"],
    ]);
    const second = await read(`?limit=2&cursor=${first.next_cursor}`);
    expect(second.api_keys.map(({ name, state }) => [name, state])).toEqual([
      ["old", "revoked"],
      ["test", "active"],
    ]);
    expect(second.next_cursor).toBeNull();
    expect(second.api_keys[1]?.last_used_at).toMatch(/Z$/);
  });

  it("403: for a member", async () => {
    const member = await makePerson(edge.db, { role: "member" });
    expect(await errorOf(await edge.fetch(PATH, { as: member }))).toEqual([403, "insufficient_scope"]);
  });

  it("422: a cursor that is no key's id", async () => {
    expect((await edge.fetch(`${PATH}?cursor=nonsense`, { as: owner })).status).toBe(422);
  });
});

describe("DELETE api-keys/{key_id}", () => {
  it("200: ends the key at once, for good, and tells the audit log", async () => {
    const { api_key: key, secret } = await create();
    expect(await scopesOf(secret)).toEqual(["read"]);
    const response = await revoke(key.id);
    expect(response.status).toBe(200);
    const { api_key: revoked } = (await response.json()) as { api_key: ApiKey };
    expect(revoked).toMatchObject({ id: key.id, state: "revoked" });
    expect(await scopesOf(secret)).toBeNull();
    expect(await lastEvent()).toMatchObject({ action: "api_key.revoked", targetId: key.id });
  });

  it("200: a second time changes nothing", async () => {
    const { api_key: key } = await create();
    const first = await (await revoke(key.id)).json();
    const event = await lastEvent();
    const again = await revoke(key.id);
    expect([again.status, await again.json()]).toEqual([200, first]);
    expect(await lastEvent()).toEqual(event);
  });

  it("200: a colleague's, which is what admins are for", async () => {
    const { tenantId } = owner.principal;
    const colleague = await makePerson(edge.db, { tenantId });
    const { api_key: key, secret } = await create({}, colleague);
    expect((await revoke(key.id)).status).toBe(200);
    expect(await scopesOf(secret)).toBeNull();
  });

  it("200: the bootstrap key, which stays revoked when the service starts again", async () => {
    const apiKey = newApiKey();
    const params = { adminEmail: "first@example.com", adminPassword: "password of first", apiKey };
    await edge.identity.bootstrap(params);
    const listing = ListApiKeysReply.parse(await (await edge.fetch(PATH, bearer(apiKey))).json());
    const [key] = listing.api_keys;
    expect(key).toMatchObject({ name: "Bootstrap key", prefix: apiKey.slice(0, 8), scopes: ["admin"] });
    const response = await edge.fetch(`${PATH}/${key?.id}`, { method: "DELETE", ...bearer(apiKey) });
    expect(response.status).toBe(200);
    await edge.identity.bootstrap(params);
    expect(await scopesOf(apiKey)).toBeNull();
  });

  it("404: another tenant's, which goes on, and an unknown one", async () => {
    const { api_key: key, secret } = await create();
    expect(await errorOf(await revoke(key.id, stranger))).toEqual([404, "api_key_not_found"]);
    expect(await errorOf(await revoke("key_01h455vb4pex5vsknk084sn02q"))).toEqual([404, "api_key_not_found"]);
    expect(await scopesOf(secret)).toEqual(["read"]);
  });

  it("422: what is no key's id", async () => {
    expect((await revoke("img_1")).status).toBe(422);
  });
});
