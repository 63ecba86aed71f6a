import { CreateApiKeyReply, type PrincipalReply } from "@driveway/contract";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { apiKeys, auditEvents, type Database, tenants, users } from "../db/index.ts";
import { newId } from "../platform/index.ts";
import { makePerson } from "../testing/make-person.ts";
import { type ServedRoutes, serveRoutes } from "../testing/serve-routes.ts";
import { type HostApplication, hostJwt, startHostApplication } from "../testing/start-host-application.ts";
import { openDatabase, type OpenedDatabase } from "../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { apiKeyRoutes } from "./api-keys/api-key-routes.ts";
import { sessionRoutes } from "./session/session-routes.ts";

const SECOND = 1000;

let host: HostApplication;
let database: TestDatabase;
let connection: OpenedDatabase;
let db: Database;
let served: ServedRoutes;
/** Added to the time that the service sees. */
let aheadMs = 0;
const clock = { now: () => Date.now() + aheadMs };

function serve(jwt: HostApplication["settings"]): Promise<ServedRoutes> {
  return serveRoutes({
    db: connection.guarded,
    clock,
    jwt,
    routes(app, parts) {
      sessionRoutes(app, parts);
      apiKeyRoutes(app, parts);
    },
  });
}

beforeAll(async () => {
  host = await startHostApplication();
  database = await createTestDatabase();
  connection = openDatabase(database);
  db = connection.db;
  served = await serve(host.settings);
});
afterAll(async () => {
  await served.close();
  await connection.close();
  await database.drop();
  await host.stop();
});

function get(token: string, url = served.url): Promise<Response> {
  return fetch(`${url}/api/v2/me`, { headers: { authorization: `Bearer ${token}` } });
}

/** Who a token with these claims speaks for. */
async function me(claims: object, url = served.url): Promise<PrincipalReply> {
  const response = await get(hostJwt(host, claims, clock.now()), url);
  expect(response.status).toBe(200);
  return (await response.json()) as PrincipalReply;
}

const hostUser = (tenant: string, user: string) =>
  db
    .select({ id: users.id, version: sql<string>`users.xmin::text` })
    .from(users)
    .innerJoin(tenants, eq(tenants.id, users.tenantId))
    .where(and(eq(tenants.externalId, tenant), eq(users.externalId, user)));

describe("a token's user", () => {
  it("appears with the first token, under their name, as a member of their tenant", async () => {
    const claims = { tenant_id: "first", sub: "anna", email: "anna@example.com", name: "Anna" };
    const told = await me({ ...claims, scope: "cloud_storage:read write" });
    expect(told).toEqual({
      user: { id: expect.stringMatching(/^usr_/), email: "anna@example.com", display_name: "Anna" },
      workspace: { id: expect.stringMatching(/^ten_/), name: "first" },
      scopes: ["cloud_storage:read", "write"],
    });
    const [row] = await db.select().from(users).where(eq(users.id, told.user.id));
    expect(row).toMatchObject({ role: "member", authUserId: null });
    expect((await me(claims)).user.id).toBe(told.user.id);
  });

  it("has the name of their address, or of their id, when the token does not say", async () => {
    const addressed = await me({ tenant_id: "names", sub: "b", email: "bob@example.com" });
    expect(addressed.user.display_name).toBe("bob@example.com");
    const bare = await me({ tenant_id: "names", sub: "c", email: 7, name: ["c"] });
    expect(bare.user).toMatchObject({ display_name: "c", email: null });
  });

  it("is one, with one tenant, however many of their first tokens come at once", async () => {
    const claims = { tenant_id: "crowded", sub: "anna" };
    const told = await Promise.all(Array.from({ length: 24 }, () => me(claims)));
    expect(new Set(told.map(({ user }) => user.id)).size).toBe(1);
    expect(await db.select().from(tenants).where(eq(tenants.externalId, "crowded"))).toHaveLength(1);
    expect(await hostUser("crowded", "anna")).toHaveLength(1);
    const others = await Promise.all(["x", "y", "z"].map((sub) => me({ tenant_id: "crowded2", sub })));
    expect(new Set(others.map(({ workspace }) => workspace.id)).size).toBe(1);
  });

  it("follows address and name in the token, and is not written when they are the same or left out", async () => {
    const claims = { tenant_id: "following", sub: "anna" };
    const { user } = await me({ ...claims, email: "anna@example.com", name: "Anna" });
    const changed = await me({ ...claims, email: "anna@example.org", name: "Anna B." });
    expect(changed.user).toEqual({ id: user.id, email: "anna@example.org", display_name: "Anna B." });
    const [before] = await hostUser("following", "anna");
    await me({ ...claims, email: "anna@example.org", name: "Anna B." });
    const silent = await me(claims);
    expect(silent.user).toEqual(changed.user);
    expect(await hostUser("following", "anna")).toEqual([before]);
  });

  it("costs one query when nothing is new", async () => {
    const token = hostJwt(host, { tenant_id: "frugal", sub: "anna", email: "anna@example.com" });
    const headers = { authorization: `Bearer ${token}` };
    await served.identity.authenticate(headers);
    let queries = 0;
    const count = () => {
      queries += 1;
    };
    connection.pool.on("acquire", count);
    onTestFinished(() => void connection.pool.off("acquire", count));
    expect(await served.identity.authenticate(headers)).toMatchObject({ kind: "jwt" });
    expect(queries).toBe(1);
  });

  it("is found again after they were removed, as somebody new", async () => {
    const claims = { tenant_id: "leaving", sub: "anna" };
    const { user, workspace } = await me(claims);
    await db.delete(users).where(eq(users.id, user.id));
    const back = await me(claims);
    expect(back.workspace).toEqual(workspace);
    expect(back.user.id).not.toBe(user.id);
  });
});

describe("the host application's names", () => {
  it("are never taken for ours: neither a tenant's id, nor a user's, nor an address", async () => {
    const { principal } = await makePerson(db);
    const { tenantId, userId } = principal;
    const email = "owner@example.com";
    await db.update(users).set({ email }).where(eq(users.id, userId));
    const told = await me({ tenant_id: tenantId, sub: userId, email });
    expect(told.workspace.id).not.toBe(tenantId);
    expect(told.workspace.name).toBe(tenantId);
    expect(told.user.id).not.toBe(userId);
    const members = await db.select().from(users).where(eq(users.tenantId, tenantId));
    expect(members.map(({ id }) => id)).toEqual([userId]);
  });

  it("are of one tenant each: the same user in two tenants is two users", async () => {
    const [one, other] = [await me({ tenant_id: "one" }), await me({ tenant_id: "other" })];
    expect(one.user.id).not.toBe(other.user.id);
    expect(one.workspace.id).not.toBe(other.workspace.id);
  });

  it("are told apart to the letter", async () => {
    const names = ["case", "Case", "case ", " case", "cäse", "ca\u0308se"];
    const told = await Promise.all(names.map((tenant_id) => me({ tenant_id })));
    expect(new Set(told.map(({ workspace }) => workspace.id)).size).toBe(names.length);
  });

  it("are of one issuer: the same tenant and user of another is another world", async () => {
    const issuer = "https://another.example.com";
    const elsewhere = await serve({ ...host.settings, issuer });
    onTestFinished(() => elsewhere.close());
    const claims = { tenant_id: "shared", sub: "anna", email: "anna@example.com" };
    const [here, there] = [await me(claims), await me({ ...claims, iss: issuer }, elsewhere.url)];
    expect(there.workspace.id).not.toBe(here.workspace.id);
    expect(there.user.id).not.toBe(here.user.id);
    expect((await get(hostJwt(host, claims), elsewhere.url)).status).toBe(401);
  });

  it("come from the claim that is configured, and from that alone", async () => {
    const renamed = await serve({ ...host.settings, tenantClaim: "https://host.example.com/org" });
    onTestFinished(() => renamed.close());
    const told = await me({ tenant_id: "wrong", "https://host.example.com/org": "right" }, renamed.url);
    expect(told.workspace.name).toBe("right");
    expect((await get(hostJwt(host), renamed.url)).status).toBe(401);
  });
});

describe("a token's time", () => {
  it("is measured by the service's clock", async () => {
    const token = hostJwt(host, { exp: Math.floor(Date.now() / SECOND) + 600 });
    onTestFinished(() => {
      aheadMs = 0;
    });
    aheadMs = 650 * SECOND;
    expect((await get(token)).status).toBe(200);
    aheadMs = 665 * SECOND;
    expect((await get(token)).status).toBe(401);
  });
});

describe("a token with the scope admin", () => {
  const admin = { tenant_id: "keys", sub: "boss", scope: "admin" };

  it("makes keys of its tenant, which keep their scopes though their user has no role here", async () => {
    const token = hostJwt(host, admin);
    const response = await fetch(`${served.url}/api/v2/api-keys`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ name: "backend", scopes: ["admin"] }),
    });
    expect(response.status).toBe(201);
    const { api_key: key, secret } = CreateApiKeyReply.parse(await response.json());
    const told = (await (await get(secret)).json()) as PrincipalReply;
    expect(told).toEqual(await me(admin));
    const [event] = await db.select().from(auditEvents).where(eq(auditEvents.targetId, key.id));
    expect(event).toMatchObject({ actorKind: "jwt", actorUserId: told.user.id, tenantId: told.workspace.id });
  });

  it("sees no key of another tenant", async () => {
    const { principal } = await makePerson(db);
    const id = newId("key");
    const key = { id, tenantId: principal.tenantId, userId: principal.userId, name: "x", prefix: "x" };
    await db.insert(apiKeys).values({ ...key, secretSha256: Buffer.from(id), scopes: [] });
    const headers = { authorization: `Bearer ${hostJwt(host, admin)}` };
    const listing = await (await fetch(`${served.url}/api/v2/api-keys`, { headers })).text();
    expect(listing).not.toContain(id);
    const revoked = await fetch(`${served.url}/api/v2/api-keys/${id}`, { method: "DELETE", headers });
    expect(revoked.status).toBe(404);
  });
});

describe("while the host application's keys cannot be had", () => {
  it("a token is answered 503 with Retry-After and not 401, and API keys go on", async () => {
    const silent = await startHostApplication();
    onTestFinished(() => silent.stop());
    silent.answer = (response) => response.writeHead(500).end();
    const here = await serve(silent.settings);
    onTestFinished(() => here.close());
    const response = await get(hostJwt(silent), here.url);
    expect(response.status).toBe(503);
    expect(response.headers.get("retry-after")).toBe("5");
    expect(await response.json()).toMatchObject({ error: { code: "service_unavailable" } });
    const { apiKey } = await makePerson(db);
    expect((await get(apiKey, here.url)).status).toBe(200);
    expect((await get("a.b.c", here.url)).status).toBe(401);
  });
});
