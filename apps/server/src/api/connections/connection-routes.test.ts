import { eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  authUsers,
  connections,
  pendingRevocations,
  pickerSessions,
  providerAccounts,
  users,
} from "../../db/index.ts";
import { DriveError } from "../../drives/index.ts";
import { makePerson, type Person } from "../../testing/make-person.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../../testing/start-connections-world.ts";

const PATH = "/api/v2/cloud-storage/connections";
const NOWHERE = "00000000-0000-4000-8000-000000000000";

let world: ConnectionsWorld;
let member: Person;
let admin: Person;
let stranger: Person;

beforeAll(async () => {
  world = await startConnectionsWorld();
  ({ member, admin, stranger } = world.people);
});

afterEach(async () => {
  delete world.oauthFaults.revoke;
  await world.db.delete(connections);
  await world.db.delete(pendingRevocations);
  await world.db.delete(providerAccounts);
});

afterAll(() => world.stop());

const list = (as: Person, query = "") => world.ask("GET", `${PATH}${query}`, { as });
const remove = (id: string, as: Person = member) => world.ask("DELETE", `${PATH}/${id}`, { as });
const revocations = () => world.sandbox.requests.count("oauth.revoke");

async function markDead(id: string): Promise<void> {
  await world.db
    .update(connections)
    .set({ status: "needs_reauth", needsReauthReason: "invalid_grant" })
    .where(eq(connections.id, id));
}

describe("GET connections", () => {
  it("200: the caller's own, newest first, and nobody else's", async () => {
    const first = await world.connect(member);
    world.advance(1000);
    const second = await world.connect(member, "bob@example.com");
    await world.connect(admin);
    await world.connect(stranger);
    const { body } = await list(member);
    expect(body.total_count).toBe(2);
    expect(body.connections.map(({ id }: { id: string }) => id)).toEqual([second, first]);
    expect(body.connections[1]).toEqual({
      id: first,
      provider: "google_drive",
      provider_email: "alice@example.com",
      provider_display_name: "Alice Example",
      is_active: true,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      last_used_at: null,
      needs_reauth_reason: null,
    });
  });

  it("200: the active ones, unless all are asked for", async () => {
    const id = await world.connect(member);
    await markDead(id);
    expect((await list(member)).body).toEqual({ connections: [], total_count: 0 });
    expect((await list(member, "?active_only=true")).body.total_count).toBe(0);
    const all = await list(member, "?active_only=false&provider=google_drive");
    expect(all.body.connections).toMatchObject([
      { id, is_active: false, needs_reauth_reason: "invalid_grant" },
    ]);
  });

  it("401: nobody", async () => {
    expect((await world.ask("GET", PATH)).status).toBe(401);
  });

  it.each(["?provider=dropbox", "?active_only=1", "?limit=5"])("422: the parameters %s", async (query) => {
    expect((await list(member, query)).status).toBe(422);
  });
});

describe("DELETE connections/{connection_id}", () => {
  it("200: removes row and sessions, cancels the jobs, and revokes the grant", async () => {
    const id = await world.connect(member);
    await world.ask("GET", `${PATH}/${id}/picker-token`, { as: member });
    const before = revocations();
    const reply = await remove(id);
    expect([reply.status, reply.body]).toEqual([
      200,
      { success: true, message: "Connection disconnected successfully" },
    ]);
    expect(revocations()).toBe(before + 1);
    expect(world.disconnected).toContain(id);
    expect(await world.db.select().from(connections)).toEqual([]);
    expect(await world.db.select().from(pickerSessions)).toEqual([]);
    expect(await world.db.select().from(pendingRevocations)).toEqual([]);
    expect((await remove(id)).status).toBe(404);
  });

  it("200: keeps nothing that names an account which nobody has connected any more", async () => {
    const id = await world.connect(member);
    const shared = await world.connect(stranger);
    await remove(id);
    expect(await world.db.$count(providerAccounts)).toBe(1);
    await remove(shared, stranger);
    expect(await world.db.$count(providerAccounts)).toBe(0);
    expect(await world.db.$count(pendingRevocations)).toBe(0);
  });

  it("200: leaves the grant alone while another connection shares it, in whatever workspace", async () => {
    const mine = await world.connect(member);
    const theirs = await world.connect(stranger);
    const before = revocations();
    await remove(mine);
    expect(revocations()).toBe(before);
    const token = await world.ask("GET", `${PATH}/${theirs}/picker-token`, { as: stranger });
    expect(token.status).toBe(200);
    await remove(theirs, stranger);
    expect(revocations()).toBe(before + 1);
  });

  it("200: revokes once when the last two connections go at the same time", async () => {
    const both = [await world.connect(member), await world.connect(stranger)] as const;
    const before = revocations();
    await Promise.all([remove(both[0]), remove(both[1], stranger)]);
    expect(revocations()).toBe(before + 1);
  });

  it("200: hands the revocation to the queue when the provider fails, whose worker makes it", async () => {
    const id = await world.connect(member);
    world.oauthFaults.revoke = () =>
      Promise.reject(new DriveError("try_later", "down", { reason: "http_503" }));
    const reply = await remove(id);
    expect(reply.body).toMatchObject({ success: true, message: expect.stringContaining("asked again") });
    const [pending] = await world.db.select().from(pendingRevocations);
    expect(pending?.tokenSealed).toMatch(/^test\./);
    delete world.oauthFaults.revoke;
    const before = revocations();
    await world.queue.send(world.db, "revoke-grant", { revocationId: pending?.id ?? "" });
    world.connections.startWorker();
    await expect.poll(() => world.db.select().from(pendingRevocations), { timeout: 10_000 }).toEqual([]);
    expect(revocations()).toBe(before + 1);
  });

  it("200: does not wait for a silent provider longer than five seconds", async () => {
    const id = await world.connect(member);
    world.oauthFaults.revoke = (_token, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason as Error));
      });
    expect((await remove(id)).body.message).toContain("asked again");
  });

  it("200: a waiting revocation does not end the grant of an account that was connected anew", async () => {
    const id = await world.connect(member);
    world.oauthFaults.revoke = () =>
      Promise.reject(new DriveError("try_later", "down", { reason: "http_503" }));
    await remove(id);
    delete world.oauthFaults.revoke;
    await world.connect(admin);
    expect(await world.db.select().from(pendingRevocations)).toEqual([]);
  });

  it("200: nobody connects the account while the provider is asked, since the new grant would end with the old one", async () => {
    const id = await world.connect(member);
    const asked = Promise.withResolvers<void>();
    const answered = Promise.withResolvers<void>();
    world.oauthFaults.revoke = async (token, signal) => {
      asked.resolve();
      await answered.promise;
      await world.oauth.revoke(token, signal);
    };
    const removing = remove(id);
    await asked.promise;
    delete world.oauthFaults.revoke;
    await expect(world.connect(admin)).rejects.toMatchObject({ code: "account_being_disconnected" });
    answered.resolve();
    expect((await removing).status).toBe(200);
    const again = await world.connect(admin);
    const path = `/api/v2/cloud-storage/connections/${again}/picker-token`;
    await world.db.update(connections).set({ accessTokenExpiresAt: new Date(0) });
    expect((await world.ask("GET", path, { as: admin })).status).toBe(200);
  });

  it("200: a revocation that a provider's fault keeps off is tried again, and the token destroyed after a day", async () => {
    const id = await world.connect(member);
    world.sandbox.faults.add({ route: "oauth.revoke", fault: { kind: "status", status: 500, body: "html" } });
    expect((await remove(id)).body.message).toContain("asked again");
    const [pending] = await world.db.select().from(pendingRevocations);
    const tried = revocations();
    await world.queue.send(world.db, "revoke-grant", { revocationId: pending?.id ?? "" });
    world.connections.startWorker();
    await expect.poll(revocations, { timeout: 10_000 }).toBeGreaterThan(tried);
    expect(await world.db.$count(pendingRevocations)).toBe(1);
    world.advance(25 * 60 * 60 * 1000);
    await world.queue.send(world.db, "revoke-grant", { revocationId: pending?.id ?? "" });
    await expect.poll(() => world.db.$count(pendingRevocations), { timeout: 10_000 }).toBe(0);
    world.sandbox.faults.clear();
  });

  it("200: ends the grant by its lasting token", async () => {
    const revoked: string[] = [];
    world.oauthFaults.revoke = async (token, signal) => {
      revoked.push(token);
      await world.oauth.revoke(token, signal);
    };
    const id = await world.connect(member);
    await remove(id);
    expect(revoked).toEqual([expect.stringMatching(/^1\/\//)]);
    await expect(world.oauth.refresh(revoked[0] ?? "")).rejects.toMatchObject({ kind: "sign_in_again" });
  });

  it("200: a connection whose grant is dead", async () => {
    const id = await world.connect(member);
    await markDead(id);
    world.sandbox.revokeGrant("alice@example.com");
    expect((await remove(id)).body).toEqual({
      success: true,
      message: "Connection disconnected successfully",
    });
  });

  it("200: an admin removes a colleague's", async () => {
    const id = await world.connect(member);
    expect((await remove(id, admin)).status).toBe(200);
  });

  it("200: the scope admin of a user without a role here removes a colleague's, by key or by token", async () => {
    const { principal } = await makePerson(world.db, {
      tenantId: admin.principal.tenantId,
      role: "member",
    });
    const scopes = new Set(["admin"] as const);
    const { secret: apiKey } = await world.identity.createApiKey({
      principal: { ...principal, scopes },
      name: "backend",
      scopes: ["admin"],
      expiresAt: null,
    });
    const byKey = await world.connect(member);
    expect((await remove(byKey, { principal, apiKey })).status).toBe(200);
    const byToken = await world.connect(member);
    const jwt = { ...principal, kind: "jwt" as const };
    const removed = (scope: "admin" | "write") =>
      world.connections.disconnect({ principal: { ...jwt, scopes: new Set([scope]) }, id: byToken });
    await expect(removed("write")).rejects.toMatchObject({ code: "forbidden" });
    expect(await removed("admin")).toBe("revoked");
  });

  it("403: a colleague's, by the admin's key of a console user who is an admin no longer", async () => {
    const former = await makePerson(world.db, { tenantId: admin.principal.tenantId });
    const { userId } = former.principal;
    const email = "former@example.com";
    await world.db.insert(authUsers).values({ id: userId, name: "former", email });
    await world.db.update(users).set({ authUserId: userId, role: "member" }).where(eq(users.id, userId));
    const id = await world.connect(member);
    const reply = await remove(id, former);
    expect([reply.status, reply.body.error.code]).toEqual([403, "forbidden"]);
  });

  it("403: a colleague's", async () => {
    const id = await world.connect(admin);
    const reply = await remove(id);
    expect([reply.status, reply.body.error.code]).toEqual([403, "forbidden"]);
  });

  it("404: another tenant's, and an unknown one", async () => {
    const id = await world.connect(member);
    for (const reply of [await remove(id, stranger), await remove(NOWHERE)]) {
      expect([reply.status, reply.body.error.code]).toEqual([404, "connection_not_found"]);
    }
    expect((await list(member)).body.total_count).toBe(1);
  });

  it("422: what is no id", async () => {
    expect((await remove("abc")).status).toBe(422);
  });
});
