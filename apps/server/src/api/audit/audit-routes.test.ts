import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { auditEvents } from "../../db/index.ts";
import { newId } from "../../platform/index.ts";
import { ask } from "../../testing/ask.ts";
import { makePerson, type Person } from "../../testing/make-person.ts";
import { type Edge, startEdge } from "../../testing/start-edge.ts";
import { sessionRoutes } from "../session/session-routes.ts";
import { auditRoutes } from "./audit-routes.ts";

const PATH = "/api/v2/audit-log";
const ACCOUNT = { email: "ada@example.com", password: "correct horse battery" };

let edge: Edge;

beforeAll(async () => {
  edge = await startEdge((app, parts) => {
    auditRoutes(app, parts);
    sessionRoutes(app, parts);
  });
});
afterAll(() => edge.stop());

const list = ({ apiKey }: Person, query = "") =>
  ask({ url: edge.url, apiKey, method: "GET", path: `${PATH}${query}` });

/** Writes events at seconds of a day, oldest first. */
async function addEvents(who: Person, facts: { action: string; second: number; targetId?: string }[]) {
  const { tenantId, userId } = who.principal;
  await edge.db.insert(auditEvents).values(
    facts.map(({ action, second, targetId = null }) => ({
      id: newId("evt"),
      tenantId,
      action,
      actorKind: "api_key" as const,
      actorUserId: userId,
      targetKind: targetId === null ? null : "connection",
      targetId,
      createdAt: new Date(Date.UTC(2030, 0, 1, 0, 0, second)),
    })),
  );
}

describe("GET audit-log", () => {
  it("200: pages through the workspace's events, newest first, each once, also those of one moment", async () => {
    const who = await makePerson(edge.db);
    await addEvents(
      who,
      Array.from({ length: 7 }, (_, index) => ({ action: "sign_out", second: Math.floor(index / 3) })),
    );
    const seen: { id: string; created_at: string }[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const { body }: { body: { events: typeof seen; next_cursor: string | null } } = await list(
        who,
        `?limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`,
      );
      seen.push(...body.events);
      cursor = body.next_cursor;
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(7);
    const times = seen.map(({ created_at }) => created_at);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it("200: narrows by action, actor, target and time", async () => {
    const who = await makePerson(edge.db);
    await addEvents(who, [
      { action: "sign_out", second: 1 },
      { action: "connection.removed", second: 2, targetId: "a-connection" },
      { action: "connection.removed", second: 3, targetId: "another" },
    ]);
    const seconds = async (query: string) => {
      const { body } = await list(who, query);
      return body.events.map((event: { created_at: string }) => Number(event.created_at.slice(17, 19)));
    };
    expect(await seconds("?action=connection.removed")).toEqual([3, 2]);
    expect(await seconds("?target_id=a-connection")).toEqual([2]);
    expect(await seconds(`?actor_user_id=${who.principal.userId}`)).toEqual([3, 2, 1]);
    expect(await seconds("?actor_user_id=usr_x")).toEqual([]);
    expect(await seconds("?from=2030-01-01T00:00:02Z")).toEqual([3, 2]);
    expect(await seconds("?to=2030-01-01T00:00:02Z")).toEqual([1]);
  });

  it("200: shows nothing of another workspace, whatever is asked for", async () => {
    const [who, stranger] = [await makePerson(edge.db), await makePerson(edge.db)];
    await addEvents(who, [{ action: "connection.removed", second: 1, targetId: "theirs" }]);
    const { body } = await list(who);
    const cursor = `9999999999999.${body.events[0].id}`;
    for (const query of [
      "",
      "?target_id=theirs",
      `?actor_user_id=${who.principal.userId}`,
      `?cursor=${cursor}`,
    ]) {
      expect((await list(stranger, query)).body).toEqual({ events: [], next_cursor: null });
    }
  });

  it("403: a credential without the scope admin", async () => {
    const { tenantId } = edge.owner.principal;
    const member = await makePerson(edge.db, { tenantId, role: "member" });
    const { status, body } = await list(member);
    expect([status, body.error.code, body.error.details]).toEqual([
      403,
      "insufficient_scope",
      { scope: "admin" },
    ]);
  });

  it.each([
    ["action", "?action=sign_in.nothing"],
    ["action", "?action=toString"],
    ["cursor", "?cursor=x"],
    ["from", "?from=yesterday"],
    ["from", "?from=0000-01-01T00:00:00Z"],
    ["to", "?to=0000-12-31T23:59:59Z"],
    ["limit", "?limit=0"],
    ["target_id", `?target_id=${encodeURIComponent("' or 1=1")}`],
  ])("422: names the field %s of %s", async (field, query) => {
    const { status, body } = await list(edge.owner, query);
    expect([status, body.error.details.issues[0].field]).toEqual([422, field]);
  });
});

describe("what happens at the door", () => {
  async function signUp(account = ACCOUNT): Promise<Person> {
    const person = await makePerson(edge.db);
    await edge.identity.bootstrap({
      adminEmail: account.email,
      adminPassword: account.password,
      apiKey: `${person.apiKey}_of_the_account`,
    });
    return { ...person, apiKey: `${person.apiKey}_of_the_account` };
  }

  const signIn = (body: object, headers = {}) =>
    edge.fetch("/api/auth/sign-in/email", {
      method: "POST",
      headers: { "content-type": "application/json", "x-request-id": "the-request", ...headers },
      body: JSON.stringify(body),
    });

  it("is told with address and request: a wrong password, a sign-in, a sign-out", async () => {
    const admin = await signUp();
    expect((await signIn({ ...ACCOUNT, password: "wrong" })).status).toBe(401);
    await vi.waitFor(async () => expect((await list(admin)).body.events).toHaveLength(1));
    const session = await signIn(ACCOUNT);
    const cookie = session.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const headers = { cookie, origin: "https://app.example.com", "x-request-id": "going" };
    expect((await edge.fetch("/api/auth/sign-out", { method: "POST", headers })).status).toBe(200);
    const { body } = await list(admin);
    const userId = body.events[0].actor.user_id;
    const target = { kind: "user", id: userId };
    const shared = { address: "127.0.0.1", target };
    expect(body.events).toMatchObject([
      { ...shared, action: "sign_out", actor: { kind: "session", user_id: userId }, request_id: "going" },
      {
        ...shared,
        action: "sign_in.succeeded",
        actor: { kind: "session", user_id: userId },
        request_id: "the-request",
      },
      {
        ...shared,
        action: "sign_in.failed",
        actor: { kind: "nobody", user_id: null },
        details: { reason: "wrong_password" },
      },
    ]);
    expect(JSON.stringify(body)).not.toMatch(/correct horse|wrong"|session_token/);
  });

  it("is nobody's when the address belongs to no account", async () => {
    const before = await edge.db.$count(auditEvents);
    expect((await signIn({ email: "nobody@example.com", password: "x" })).status).toBe(401);
    await edge.identity.stop();
    expect(await edge.db.$count(auditEvents)).toBe(before);
  });
});
