import { and, asc, eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditEvents, authAccounts, authUsers, invitations, users } from "../../db/index.ts";
import { makePerson, type Person } from "../../testing/make-person.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { signInCookie } from "../../testing/sign-in-cookie.ts";
import { startTestApp, TEST_ADMIN, type TestApp } from "../../testing/start-test-app.ts";

const PATH = "/api/v2/invitations";
const ACCEPT = `${PATH}/accept`;
const PASSWORD = "a password of twelve";

let app: TestApp;
let opened: OpenedDatabase;
let stranger: Person;
let tenantId: string;

beforeAll(async () => {
  app = await startTestApp();
  opened = openDatabase(app.database);
  stranger = await makePerson(opened.db);
  tenantId = (await app.request("GET", "/api/v2/me")).body.workspace.id;
});
afterAll(async () => {
  await opened.close();
  await app.stop();
});

const invite = (email: string, role: "admin" | "member" = "member") =>
  app.request("POST", PATH, { body: { email, role } });
const accept = (token: string, facts: object = {}, headers: Record<string, string> = {}) =>
  app.request("POST", ACCEPT, {
    body: { token, display_name: "Ina", password: PASSWORD, ...facts },
    apiKey: null,
    headers,
  });
const outcome = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [
  status,
  body.error?.code,
];
const INVALID = [400, "invitation_invalid"];

describe("POST invitations", () => {
  it("201 shows token and address once, and keeps neither", async () => {
    const reply = await invite("First@Example.com", "admin");
    expect(reply.status).toBe(201);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    const { invitation, token, accept_url: address } = reply.body;
    expect(invitation).toMatchObject({ email: "first@example.com", role: "admin" });
    expect(Buffer.from(token, "base64url")).toHaveLength(32);
    expect(address).toBe(`${app.config.publicUrl}/#invitation=${token}`);
    const lifeMs = Date.parse(invitation.expires_at) - Date.parse(invitation.created_at);
    expect(lifeMs).toBe(7 * 86_400_000);
    const { rows } = await opened.db.execute("select i::text as text from invitations i");
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain(token);
    const listed = await app.request("GET", PATH);
    expect(listed.body.invitations).toContainEqual(invitation);
    expect(listed.text).not.toContain(token);
  });

  it("201 replaces the open invitation of the same address, whose token is worth nothing then", async () => {
    const first = await invite("again@example.com");
    const second = await invite("AGAIN@example.com", "admin");
    const ids = (await app.request("GET", PATH)).body.invitations.map(({ id }: { id: string }) => id);
    expect(ids).toContain(second.body.invitation.id);
    expect(ids).not.toContain(first.body.invitation.id);
    expect(outcome(await accept(first.body.token))).toEqual(INVALID);
    expect((await accept(second.body.token)).body.member.role).toBe("admin");
  });

  it("409 refuses the address of a member", async () => {
    expect(outcome(await invite(TEST_ADMIN.email))).toEqual([409, "member_exists"]);
  });

  it("422 names what is no address and no role", async () => {
    const reply = await app.request("POST", PATH, { body: { email: "x", role: "owner" } });
    const fields = reply.body.error.details.issues.map(({ field }: { field: string }) => field);
    expect([reply.status, fields]).toEqual([422, ["email", "role"]]);
  });

  it("403 refuses a member", async () => {
    const { apiKey } = await makePerson(opened.db, { tenantId, role: "member" });
    for (const [method, path, body] of [
      ["POST", PATH, { email: "a@example.com", role: "member" }],
      ["GET", PATH, undefined],
      ["DELETE", `${PATH}/inv_00000000000000000000000000`, undefined],
    ] as const) {
      const asked = body === undefined ? { apiKey } : { apiKey, body };
      expect(outcome(await app.request(method, path, asked))).toEqual([403, "insufficient_scope"]);
    }
  });
});

describe("GET invitations", () => {
  it("200 goes from page to page, and shows another workspace nothing", async () => {
    await invite("page1@example.com");
    await invite("page2@example.com");
    const ids: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await app.request("GET", `${PATH}?limit=1${from}`);
      ids.push(...body.invitations.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    }
    const whole = (await app.request("GET", PATH)).body.invitations;
    expect(ids).toEqual(whole.map(({ id }: { id: string }) => id));
    expect(ids.length).toBeGreaterThan(1);
    const elsewhere = await app.request("GET", PATH, { apiKey: stranger.apiKey });
    expect(elsewhere.body).toEqual({ invitations: [], next_cursor: null });
  });
});

describe("DELETE invitations/{invitation_id}", () => {
  it("200 takes it back for good, and tells it in the audit log", async () => {
    const { body } = await invite("back@example.com");
    const path = `${PATH}/${body.invitation.id}`;
    expect((await app.request("DELETE", path)).body).toEqual({
      success: true,
      message: "The invitation was taken back.",
    });
    expect(outcome(await app.request("DELETE", path))).toEqual([404, "invitation_not_found"]);
    expect(outcome(await accept(body.token))).toEqual(INVALID);
    const events = await opened.db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.tenantId, tenantId), eq(auditEvents.targetId, body.invitation.id)));
    expect(events.map(({ action }) => action).sort()).toEqual(["invitation.created", "invitation.revoked"]);
  });

  it("404 is all that another workspace is told, and the invitation stays open", async () => {
    const { body } = await invite("stays@example.com");
    const path = `${PATH}/${body.invitation.id}`;
    const reply = await app.request("DELETE", path, { apiKey: stranger.apiKey });
    expect(outcome(reply)).toEqual([404, "invitation_not_found"]);
    expect((await accept(body.token)).status).toBe(201);
  });
});

describe("POST invitations/accept", () => {
  it("201 makes the account and the member, who can sign in at once", async () => {
    const { body } = await invite("Joins@Example.com");
    const reply = await accept(body.token, {}, { origin: app.config.publicUrl });
    expect(reply.status).toBe(201);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.body).toMatchObject({
      member: { email: "joins@example.com", display_name: "Ina", role: "member", signs_in: true },
      workspace: { id: tenantId },
    });
    const cookie = await signInCookie(app, { email: "joins@example.com", password: PASSWORD });
    const me = await app.request("GET", "/api/v2/me", { apiKey: null, headers: { cookie } });
    expect(me.body).toMatchObject({ user: { id: reply.body.member.id }, scopes: ["write"] });
    const [event] = await opened.db
      .select()
      .from(auditEvents)
      .where(and(eq(auditEvents.tenantId, tenantId), eq(auditEvents.targetId, reply.body.member.id)))
      .orderBy(asc(auditEvents.id));
    expect(event).toMatchObject({ action: "member.joined", actorKind: "nobody", address: "127.0.0.1" });
    const [account] = await opened.db
      .select({ password: authAccounts.password })
      .from(authAccounts)
      .innerJoin(authUsers, eq(authUsers.id, authAccounts.userId))
      .where(eq(authUsers.email, "joins@example.com"));
    expect(account?.password).not.toContain(PASSWORD);
  });

  it("lets one of many join who come with the same token at once", async () => {
    const { body } = await invite("race@example.com");
    const replies = await Promise.all(Array.from({ length: 8 }, () => accept(body.token)));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(
      new Set(replies.filter(({ status }) => status !== 201).map((reply) => String(outcome(reply)))),
    ).toEqual(new Set([String(INVALID)]));
    expect(await opened.db.select().from(users).where(eq(users.email, "race@example.com"))).toHaveLength(1);
  });

  it("400 when the invitation goes while somebody joins with it, and neither waits for the other for ever", async () => {
    const { token, invitation } = (await invite("crossing@example.com")).body;
    let joining: ReturnType<typeof accept> | undefined;
    // What demoting or removing the admin who invited does: the roles are locked, then the invitation is taken back.
    await opened.db.transaction(async (tx) => {
      await tx.execute(sql`select from tenants where id = ${tenantId} for no key update`);
      joining = accept(token);
      const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await expect.poll(async () => (await opened.db.execute(waiting)).rowCount).toBe(1);
      await tx.delete(invitations).where(eq(invitations.id, invitation.id));
    });
    const reply = await joining;
    expect(reply && outcome(reply)).toEqual(INVALID);
  });

  it("400 says one and the same of a token that is unknown, used, replaced, revoked or expired", async () => {
    const used = (await invite("used@example.com")).body.token;
    await accept(used);
    const replaced = (await invite("replaced@example.com")).body.token;
    await invite("replaced@example.com");
    const revoked = (await invite("revoked@example.com")).body;
    await app.request("DELETE", `${PATH}/${revoked.invitation.id}`);
    const expired = (await invite("expired@example.com")).body;
    await opened.db
      .update(invitations)
      .set({ expiresAt: new Date() })
      .where(eq(invitations.id, expired.invitation.id));
    const replies = [];
    for (const token of ["A".repeat(43), used, replaced, revoked.token, expired.token]) {
      replies.push(await accept(token));
    }
    expect(new Set(replies.map(({ status, body }) => JSON.stringify([status, body.error]))).size).toBe(1);
    expect(outcome(replies[0] ?? { status: 0, body: {} })).toEqual(INVALID);
    const { body } = await app.request("GET", PATH);
    expect(body.invitations.map(({ email }: { email: string }) => email)).not.toContain(
      "expired@example.com",
    );
  });

  it("409 leaves an account alone that the address has already, and the invitation open", async () => {
    const strangers = await app.request("POST", PATH, {
      body: { email: TEST_ADMIN.email, role: "admin" },
      apiKey: stranger.apiKey,
    });
    const reply = await accept(strangers.body.token, { password: "the stranger's choice" });
    expect(outcome(reply)).toEqual([409, "account_exists"]);
    expect(await signInCookie(app, TEST_ADMIN)).not.toBe("");
    const listed = await app.request("GET", PATH, { apiKey: stranger.apiKey });
    expect(listed.body.invitations).toHaveLength(1);
  });

  it("403 refuses a foreign page, and the invitation stays open", async () => {
    const { body } = await invite("foreign@example.com");
    for (const origin of ["https://evil.example.net", "null"]) {
      expect(outcome(await accept(body.token, {}, { origin }))).toEqual([403, "origin_not_allowed"]);
    }
    expect((await accept(body.token)).status).toBe(201);
  });

  it.each([
    ["password", { password: "eleven char" }],
    ["password", { password: "x".repeat(129) }],
    ["display_name", { display_name: "" }],
    ["role", { role: "admin" }],
  ])("422 names %s", async (field, facts) => {
    const { body } = await invite("refused@example.com");
    const reply = await accept(body.token, facts);
    expect([reply.status, reply.body.error.details.issues[0].field]).toEqual([422, field]);
  });
});
