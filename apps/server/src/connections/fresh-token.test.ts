import { randomBytes } from "node:crypto";
import type { Fault } from "@driveway/sandbox";
import { and, eq } from "drizzle-orm";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { auditEvents, connectDatabase, connections, pickerSessions } from "../db/index.ts";
import { DriveError } from "../drives/index.ts";
import { createKeyring } from "../platform/index.ts";
import { hearLog } from "../testing/hear-log.ts";
import type { Person } from "../testing/make-person.ts";
import { type ConnectionsWorld, startConnectionsWorld } from "../testing/start-connections-world.ts";
import { testLog } from "../testing/test-log.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ALICE = "alice@example.com";

let world: ConnectionsWorld;
let member: Person;
let connectionId: string;

beforeAll(async () => {
  world = await startConnectionsWorld();
  member = world.people.member;
});
beforeEach(async () => {
  connectionId = await world.connect(member);
});
afterEach(() => {
  delete world.oauthFaults.refresh;
  world.sandbox.faults.clear();
  world.sandbox.settings.change({ oauth: { tokenRefusals: {}, publishing: "production" } });
});
afterAll(() => world.stop());

const ref = () => ({ tenantId: member.principal.tenantId, connectionId });
const refreshes = (mark: number) =>
  world.sandbox.requests.since(mark).filter((entry) => entry.kind === "oauth.token").length;
const current = () => world.connections.credentialFor(ref()).current();
const spoil = (fault: Fault) => world.sandbox.faults.add({ route: "oauth.token", fault });

async function row() {
  const [found] = await world.db.select().from(connections).where(eq(connections.id, connectionId));
  return found;
}

const pickerToken = () =>
  world.ask("GET", `/api/v2/cloud-storage/connections/${connectionId}/picker-token`, { as: member });

describe("a refresh that fails and says nothing of the grant", () => {
  const faults: readonly (readonly [string, Fault])[] = [
    ["500", { kind: "status", status: 500, body: "html" }],
    ["503 with Retry-After", { kind: "status", status: 503, body: "empty", retryAfterSeconds: 2 }],
    ["429", { kind: "status", status: 429, reason: "rate_limit_exceeded" }],
    ["400 that is a page", { kind: "status", status: 400, body: "html" }],
    ["400 without a body", { kind: "status", status: 400, body: "empty" }],
    ["403 that is a page", { kind: "status", status: 403, body: "html" }],
    ["400 with a word that nobody knows", { kind: "status", status: 400, reason: "internal_failure" }],
    ["400 temporarily_unavailable", { kind: "status", status: 400, reason: "temporarily_unavailable" }],
    ["a sign-in page with 200", { kind: "html" }],
    ["a reset", { kind: "reset" }],
    ["an answer that breaks off", { kind: "reset", afterBytes: 20 }],
    ["an answer that ends too soon", { kind: "truncate", afterBytes: 30 }],
  ];

  it.each(faults)("%s: is 502 or 429, marks nothing, and the next try works", async (_name, fault) => {
    world.advance(HOUR_MS);
    spoil(fault);
    const reply = await pickerToken();
    expect([429, 502]).toContain(reply.status);
    expect(["provider_failed", "provider_rate_limited"]).toContain(reply.body.error.code);
    expect(await row()).toMatchObject({ status: "active", refreshingUntil: null, needsReauthReason: null });
    world.sandbox.faults.clear();
    expect((await pickerToken()).status).toBe(200);
    expect(await row()).toMatchObject({ status: "active", tokenVersion: expect.any(Number) });
  });

  it("an answer that was lost after Google gave the token costs another one, and the grant lives", async () => {
    world.advance(HOUR_MS);
    const before = await row();
    const mark = world.sandbox.requests.mark();
    world.sandbox.faults.add({ route: "oauth.token", times: 1, fault: { kind: "lostAnswer" } });
    expect((await pickerToken()).status).toBe(502);
    expect(await row()).toEqual({ ...before, refreshingUntil: null, updatedAt: expect.any(Date) });
    expect((await pickerToken()).status).toBe(200);
    expect(refreshes(mark)).toBe(2);
    expect(await row()).toMatchObject({ status: "active", tokenVersion: (before?.tokenVersion ?? 0) + 1 });
  });

  it("malformed JSON in place of a token is none", async () => {
    world.advance(HOUR_MS);
    spoil({ kind: "flipByte", atByte: 0 });
    expect((await pickerToken()).status).toBe(502);
    expect(await row()).toMatchObject({ status: "active" });
  });

  it("silence is broken off and marks nothing", { timeout: 40_000 }, async () => {
    world.advance(HOUR_MS);
    spoil({ kind: "never" });
    const reply = await pickerToken();
    expect([reply.status, reply.body.error.code]).toEqual([504, "provider_timeout"]);
    expect(await row()).toMatchObject({ status: "active", refreshingUntil: null });
  });
});

describe("a refresh that Google refuses", () => {
  it.each([
    ["expired_or_revoked", "revoked"],
    ["account_deleted", "account_deleted"],
    ["invalid_rapt", "session_policy"],
    ["bad_request", "unknown"],
    ["admin_policy_enforced", "admin_policy"],
  ] as const)("%s: is told as %s, once, to callers, list and audit log", async (refusal, reason) => {
    await world.connections.openPickerSession({
      principal: member.principal,
      connectionId,
      withholdToken: true,
    });
    world.sandbox.settings.change({ oauth: { tokenRefusals: { [ALICE]: refusal } } });
    world.advance(HOUR_MS);
    const before = world.ended.length;
    const replies = await Promise.all([pickerToken(), pickerToken(), pickerToken()]);
    for (const { status, body } of replies) {
      expect([status, body.requires_reauth, body.error.code]).toEqual([401, true, "REAUTH_REQUIRED"]);
      expect(body.error.details).toEqual({ reason, requires_reauth: true });
    }
    expect(await row()).toMatchObject({ status: "needs_reauth", needsReauthReason: reason });
    expect(world.ended.slice(before)).toEqual([connectionId]);
    const events = await world.db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.targetId, connectionId), eq(auditEvents.action, "connection.needs_reauth")));
    expect(events.at(-1)).toMatchObject({
      actorKind: "system",
      tenantId: member.principal.tenantId,
      details: { reason, provider: "google_drive", owner: member.principal.userId },
    });
    const sessions = eq(pickerSessions.connectionId, connectionId);
    expect(await world.db.$count(pickerSessions, sessions)).toBe(0);
    const mark = world.sandbox.requests.mark();
    expect((await pickerToken()).status).toBe(401);
    expect(refreshes(mark)).toBe(0);
  });

  it("a grant of an app in Testing is told as grant_expired after its seven days", async () => {
    world.sandbox.settings.change({ oauth: { publishing: "testing" } });
    connectionId = await world.connect(member);
    world.advance(6 * DAY_MS);
    await current();
    world.advance(DAY_MS + HOUR_MS);
    expect((await pickerToken()).body.error.details.reason).toBe("grant_expired");
    world.sandbox.settings.change({ oauth: { publishing: "production" } });
  });

  it("marks nothing for a client that is refused: it is 502, and the log tells the operator", async () => {
    const heard = hearLog();
    const node = world.node({ log: heard.log });
    for (const reason of ["invalid_client", "unauthorized_client"]) {
      world.advance(HOUR_MS);
      world.sandbox.faults.clear();
      spoil({ kind: "status", status: 401, reason });
      const refused = node.credentialFor(ref()).current();
      await expect(refused).rejects.toMatchObject({ kind: "app_refused", reason });
      const reply = await pickerToken();
      expect([reply.status, reply.body.error.code]).toEqual([502, "oauth_client_refused"]);
      expect(await row()).toMatchObject({ status: "active", refreshingUntil: null });
    }
    expect(heard.records).toMatchObject(
      ["invalid_client", "unauthorized_client"].map((reason) => ({
        level: 50,
        connectionId,
        reason,
        msg: expect.stringContaining("check its id and secret"),
      })),
    );
    world.sandbox.faults.clear();
    expect((await pickerToken()).status).toBe(200);
  });

  it("tells a connection of another OAuth client that the application changed, and asks Google nothing", async () => {
    await world.db
      .update(connections)
      .set({ oauthClientId: "the client before" })
      .where(eq(connections.id, connectionId));
    world.advance(HOUR_MS);
    const mark = world.sandbox.requests.mark();
    expect((await pickerToken()).body.error.details.reason).toBe("app_changed");
    expect(refreshes(mark)).toBe(0);
    expect(await world.connect(member)).toBe(connectionId);
    expect((await pickerToken()).status).toBe(200);
  });
});

describe("a refresh while other things happen", () => {
  /** A refresh that Google has answered and whose answer does not arrive before it is let through. */
  function holdRefresh() {
    const arrived = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    world.oauthFaults.refresh = async (token) => {
      const tokens = await world.oauth.refresh(token);
      arrived.resolve();
      await gate.promise;
      return tokens;
    };
    return { arrived: arrived.promise, letThrough: () => gate.resolve() };
  }

  it("holds no connection to the database while Google is asked", async () => {
    const log = testLog();
    const { connectionString } = world.database;
    const narrow = connectDatabase({ connectionString, poolSize: 1, applicationName: "narrow", log });
    const node = world.node({ db: narrow.db });
    world.advance(HOUR_MS);
    spoil({ kind: "stall", forMs: 1500 });
    const { tokenVersion = 0 } = (await row()) ?? {};
    let isAnswered = false;
    const lent = node
      .credentialFor(ref())
      .current()
      .finally(() => {
        isAnswered = true;
      });
    await expect.poll(async () => (await row())?.refreshingUntil, { interval: 5 }).toBeInstanceOf(Date);
    await Promise.all(Array.from({ length: 5 }, () => narrow.pool.query("select 1")));
    const { rows } = await world.db.execute(
      `select 1 from pg_stat_activity where application_name = 'narrow' and state like 'idle in transaction%'`,
    );
    expect([isAnswered, rows]).toEqual([false, []]);
    expect((await lent).version).toBe(tokenVersion + 1);
    await narrow.close();
  });

  it("is told not found when its user disconnects meanwhile, and brings nothing back", async () => {
    world.advance(HOUR_MS);
    const { arrived, letThrough } = holdRefresh();
    const lent = current();
    await arrived;
    await world.connections.disconnect({ principal: member.principal, id: connectionId });
    letThrough();
    await expect(lent).rejects.toMatchObject({ code: "connection_not_found" });
    expect(await row()).toBeUndefined();
  });

  it("takes the grant of a user who connects anew meanwhile, and does not overwrite it", async () => {
    world.advance(HOUR_MS);
    const { arrived, letThrough } = holdRefresh();
    const lent = current();
    await arrived;
    expect(await world.connect(member)).toBe(connectionId);
    const renewed = await row();
    letThrough();
    expect((await lent).version).toBe(renewed?.tokenVersion);
    expect((await row())?.accessTokenSealed).toBe(renewed?.accessTokenSealed);
  });

  it("a dead grant that was replaced before it could be marked is no fault of the new one", async () => {
    world.advance(HOUR_MS);
    const arrived = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    world.oauthFaults.refresh = async () => {
      arrived.resolve();
      await gate.promise;
      throw new DriveError("sign_in_again", "dead", { reason: "revoked" });
    };
    const lent = current();
    await arrived.promise;
    await world.connect(member);
    gate.resolve();
    expect((await lent).version).toBe((await row())?.tokenVersion);
    expect(await row()).toMatchObject({ status: "active" });
  });

  it("waits until the lease of a process that died has run out, and then refreshes itself", async () => {
    world.advance(HOUR_MS);
    const { tokenVersion = 0 } = (await row()) ?? {};
    await world.db.execute(
      `update connections set refreshing_until = now() + interval '1 second' where id = '${connectionId}'`,
    );
    const mark = world.sandbox.requests.mark();
    const [one, other] = await Promise.all([current(), world.otherNode.credentialFor(ref()).current()]);
    expect([one.version, other.version]).toEqual([tokenVersion + 1, tokenVersion + 1]);
    expect(refreshes(mark)).toBe(1);
  });
});

describe("clocks that differ by five minutes", () => {
  const listFiles = async () => (await world.connections.driveFor(ref())).look({ kind: "list", params: {} });

  it("a token that Google refuses already is replaced, unseen by the caller", async () => {
    world.sandbox.clock.advance(5 * MINUTE_MS);
    world.advance(55 * MINUTE_MS - 1000);
    const mark = world.sandbox.requests.mark();
    expect(await listFiles()).toHaveProperty("files");
    expect(refreshes(mark)).toBe(1);
    world.sandbox.clock.advance(-5 * MINUTE_MS);
  });

  it("a token that Google refuses although it should run for half an hour costs one refresh", async () => {
    world.sandbox.clock.advance(35 * MINUTE_MS);
    world.advance(30 * MINUTE_MS);
    const mark = world.sandbox.requests.mark();
    expect(await listFiles()).toHaveProperty("files");
    expect(refreshes(mark)).toBe(1);
    expect(await row()).toMatchObject({ status: "active" });
    world.sandbox.clock.advance(-35 * MINUTE_MS);
  });

  it("a token that Google would still take is renewed when it has run out by our clock", async () => {
    world.sandbox.clock.advance(-5 * MINUTE_MS);
    world.advance(HOUR_MS);
    const mark = world.sandbox.requests.mark();
    expect(await listFiles()).toHaveProperty("files");
    expect(refreshes(mark)).toBe(1);
    world.sandbox.clock.advance(5 * MINUTE_MS);
  });
});

describe("tokens whose key is missing", () => {
  const withoutKey = () => {
    const heard = hearLog();
    const keyring = createKeyring([{ id: "another", secret: randomBytes(32) }]);
    return { heard, node: world.node({ keyring, log: heard.log }) };
  };

  it("are answered with sealing_key_missing, named in the log, and work again when the key is back", async () => {
    const { heard, node } = withoutKey();
    const before = await row();
    await expect(node.driveFor(ref())).rejects.toMatchObject({ code: "sealing_key_missing" });
    await expect(node.credentialFor(ref()).current()).rejects.toMatchObject({ code: "sealing_key_missing" });
    world.advance(HOUR_MS);
    const opened = node.openPickerSession({
      principal: member.principal,
      connectionId,
      withholdToken: true,
    });
    await expect(opened).rejects.toMatchObject({ code: "sealing_key_missing" });
    expect(heard.records.length).toBeGreaterThan(0);
    for (const record of heard.records) {
      expect(record).toMatchObject({
        keyId: "test",
        connectionId,
        msg: expect.stringContaining("ENCRYPTION_KEYS"),
      });
    }
    expect(await row()).toEqual(before);
    expect((await pickerToken()).status).toBe(200);
  });

  it("do not keep a connection from being disconnected", async () => {
    const { node } = withoutKey();
    expect(await node.disconnect({ principal: member.principal, id: connectionId })).toBe("kept");
    expect(await row()).toBeUndefined();
  });
});
