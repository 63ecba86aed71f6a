import { approveConsent } from "@driveway/sandbox";
import { and, eq } from "drizzle-orm";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  apiKeys,
  auditEvents,
  authAccounts,
  authSessions,
  authUsers,
  connections,
  images,
  invitations,
  oauthAttempts,
  pickerSessions,
  transferItems,
  transferJobs,
  users,
} from "../../db/index.ts";
import { addPictures } from "../../testing/add-pictures.ts";
import { blobNames } from "../../testing/blob-names.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { makePerson, type Person } from "../../testing/make-person.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { signInCookie } from "../../testing/sign-in-cookie.ts";
import { startTestApp, TEST_ADMIN, type TestApp } from "../../testing/start-test-app.ts";
import { testPictures } from "../../testing/test-pictures.ts";

const PATH = "/api/v2/members";
const CLOUD = "/api/v2/cloud-storage";
const NOBODY = "usr_00000000000000000000000000";
const PASSWORD = "a password of twelve";

let app: TestApp;
let opened: OpenedDatabase;
let tenantId: string;
let adminId: string;
let stranger: Person;
let member: Person;

beforeAll(async () => {
  app = await startTestApp();
  opened = openDatabase(app.database);
  const me = await app.request("GET", "/api/v2/me");
  tenantId = me.body.workspace.id;
  adminId = me.body.user.id;
  stranger = await makePerson(opened.db);
});
beforeEach(async () => {
  member = await makePerson(opened.db, { tenantId, role: "member" });
});
afterAll(async () => {
  await opened.close();
  await app.stop();
});

const patch = (id: string, role: string, apiKey = app.apiKey) =>
  app.request("PATCH", `${PATH}/${id}`, { body: { role }, apiKey });
const remove = (id: string, query = "", apiKey = app.apiKey) =>
  app.request("DELETE", `${PATH}/${id}${query}`, { apiKey });
const outcome = ({ status, body }: { status: number; body: { error?: { code: string } } }) => [
  status,
  body.error?.code,
];
const eventsOf = async (id: string) =>
  opened.db
    .select()
    .from(auditEvents)
    .where(and(eq(auditEvents.tenantId, tenantId), eq(auditEvents.targetId, id)))
    .orderBy(auditEvents.createdAt, auditEvents.id);

/** Invites and joins, with a signed-in browser. */
async function joinAs(email: string, role: "admin" | "member" = "member") {
  const { body } = await app.request("POST", "/api/v2/invitations", { body: { email, role } });
  const joined = await app.request("POST", "/api/v2/invitations/accept", {
    body: { token: body.token, display_name: email, password: PASSWORD },
    apiKey: null,
  });
  const id: string = joined.body.member.id;
  return { id, email, cookie: await signInCookie(app, { email, password: PASSWORD }) };
}

/** Imports pictures of Alice's Drive as somebody, and returns the reply. */
async function importPictures(
  as: Person,
  pictures: Parameters<typeof testPictures>[0],
  headers: Record<string, string> = {},
) {
  const connectionId = await connectDrive(app, "alice@example.com", { apiKey: as.apiKey });
  const files = addPictures(app.sandbox, { pictures: await testPictures(pictures) });
  const body = { connection_id: connectionId, files };
  const reply = await app.request("POST", `${CLOUD}/import`, { body, apiKey: as.apiKey, headers });
  return { connectionId, ...reply.body };
}

const jobsOf = (person: Person) =>
  opened.db
    .select()
    .from(transferJobs)
    .where(and(eq(transferJobs.tenantId, tenantId), eq(transferJobs.userId, person.principal.userId)));
const imagesOf = (person: Person) =>
  opened.db
    .select()
    .from(images)
    .where(and(eq(images.tenantId, tenantId), eq(images.createdBy, person.principal.userId)));
const blobs = () => blobNames(join(app.config.dataDir, "blobs"));

describe("GET members", () => {
  it("200 goes from page to page, and says who signs in", async () => {
    const found: { id: string }[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await app.request("GET", `${PATH}?limit=1${from}`);
      found.push(...body.members);
      cursor = body.next_cursor;
    }
    expect(found[0]).toEqual({
      id: adminId,
      email: TEST_ADMIN.email,
      display_name: "admin",
      role: "admin",
      signs_in: true,
      created_at: expect.stringMatching(/Z$/),
    });
    expect(found).toContainEqual(
      expect.objectContaining({ id: member.principal.userId, role: "member", signs_in: false }),
    );
    expect(found.map(({ id }) => id)).not.toContain(stranger.principal.userId);
  });

  it("403 refuses a member everything here", async () => {
    const id = member.principal.userId;
    const { apiKey } = member;
    for (const reply of [
      await app.request("GET", PATH, { apiKey }),
      await patch(id, "admin", apiKey),
      await remove(adminId, "", apiKey),
      await app.request("GET", `${PATH}/${adminId}/connections`, { apiKey }),
    ]) {
      expect(outcome(reply)).toEqual([403, "insufficient_scope"]);
    }
  });
});

describe("PATCH members/{user_id}", () => {
  it("200 changes what a session may do at once, and tells it in the audit log", async () => {
    const { id, cookie } = await joinAs("role@example.com");
    const may = async () =>
      (await app.request("GET", PATH, { apiKey: null, headers: { cookie } })).status === 200;
    expect(await may()).toBe(false);
    expect((await patch(id, "admin")).body.member).toMatchObject({ id, role: "admin" });
    expect(await may()).toBe(true);
    await patch(id, "admin");
    await patch(id, "member");
    expect(await may()).toBe(false);
    const changes = (await eventsOf(id)).filter(({ action }) => action === "member.role_changed");
    expect(changes.map(({ details }) => details)).toEqual([
      { from: "member", to: "admin" },
      { from: "admin", to: "member" },
    ]);
  });

  it("200 takes from the keys of a former admin what only admins may, and nothing else", async () => {
    const { id, cookie } = await joinAs("former@example.com", "admin");
    const made = await app.request("POST", "/api/v2/api-keys", {
      body: { name: "of an admin", scopes: ["admin"] },
      apiKey: null,
      headers: { cookie, origin: app.config.publicUrl },
    });
    const apiKey: string = made.body.secret;
    expect((await app.request("GET", PATH, { apiKey })).status).toBe(200);
    await patch(id, "member");
    expect(outcome(await app.request("GET", PATH, { apiKey }))).toEqual([403, "insufficient_scope"]);
    expect((await app.request("GET", "/api/v2/collections", { apiKey })).status).toBe(200);
  });

  it("200 takes back the invitations of one who is no longer an admin, so that none of them leads back in", async () => {
    const admin = await makePerson(opened.db, { tenantId });
    const body = { email: "back-door@example.com", role: "admin" };
    const invited = await app.request("POST", "/api/v2/invitations", { body, apiKey: admin.apiKey });
    await patch(admin.principal.userId, "member");
    const acceptance = { token: invited.body.token, display_name: "Back", password: PASSWORD };
    const joining = await app.request("POST", "/api/v2/invitations/accept", {
      body: acceptance,
      apiKey: null,
    });
    expect(outcome(joining)).toEqual([400, "invitation_invalid"]);
    const told = await eventsOf(invited.body.invitation.id);
    expect(told.map(({ action }) => action)).toEqual(["invitation.created", "invitation.revoked"]);
  });

  it("409 keeps the last admin, whoever asks", async () => {
    const { userId } = stranger.principal;
    expect(outcome(await patch(userId, "member", stranger.apiKey))).toEqual([409, "last_admin"]);
    expect((await patch(userId, "admin", stranger.apiKey)).status).toBe(200);
  });

  it("leaves one admin when all demote each other at once", async () => {
    const first = await makePerson(opened.db);
    const { tenantId: elsewhere } = first.principal;
    const others = await Promise.all([1, 2, 3].map(() => makePerson(opened.db, { tenantId: elsewhere })));
    const all = [first, ...others];
    await Promise.all(
      all.map((person, index) => {
        const next = all[(index + 1) % all.length] ?? first;
        return patch(next.principal.userId, "member", person.apiKey);
      }),
    );
    const admins = await opened.db
      .select()
      .from(users)
      .where(and(eq(users.tenantId, elsewhere), eq(users.role, "admin")));
    expect(admins).toHaveLength(1);
  });

  it("404 of nobody, and of another workspace's", async () => {
    for (const id of [NOBODY, stranger.principal.userId]) {
      expect(outcome(await patch(id, "admin"))).toEqual([404, "member_not_found"]);
    }
  });
});

describe("GET members/{user_id}/connections", () => {
  it("200 lists a colleague's, which an admin can remove and never use", async () => {
    const id = await connectDrive(app, "alice@example.com", { apiKey: member.apiKey });
    const { body } = await app.request("GET", `${PATH}/${member.principal.userId}/connections`);
    const mine = await app.request("GET", `${CLOUD}/connections`, { apiKey: member.apiKey });
    expect(body).toEqual(mine.body);
    const use = await app.request("GET", `${CLOUD}/connections/${id}/picker-token`);
    expect(outcome(use)).toEqual([403, "forbidden"]);
    expect((await app.request("DELETE", `${CLOUD}/connections/${id}`)).status).toBe(200);
  });

  it("404 of another workspace's", async () => {
    const reply = await app.request("GET", `${PATH}/${stranger.principal.userId}/connections`);
    expect(outcome(reply)).toEqual([404, "member_not_found"]);
  });
});

describe("DELETE members/{user_id}", () => {
  it.each([
    [
      "a key",
      (principal: Person["principal"]) =>
        app.app.identity.createApiKey({ principal, name: "Late", scopes: ["read"], expiresAt: null }),
    ],
    [
      "an invitation",
      (actor: Person["principal"]) =>
        app.app.identity.members.invite({ actor, email: "late@example.com", role: "member" }),
    ],
  ])("401 to who is gone before %s of theirs is written", async (_what, write) => {
    const { principal } = await makePerson(opened.db, { tenantId });
    expect((await remove(principal.userId)).status).toBe(200);
    await expect(write(principal)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("200 leaves nothing of them but the images, and nothing of others missing", async () => {
    const { id, email, cookie } = await joinAs("leaves@example.com", "admin");
    const leaving: Person = { ...member, principal: { ...member.principal, userId: id } };
    await opened.db
      .update(apiKeys)
      .set({ userId: id, scopes: ["admin"] })
      .where(and(eq(apiKeys.tenantId, tenantId), eq(apiKeys.userId, member.principal.userId)));
    const { connectionId } = await importPictures(leaving, { count: 2 });
    await app.request("GET", `${CLOUD}/connections/${connectionId}/picker-token`, { apiKey: leaving.apiKey });
    const body = { email: "guest@example.com", role: "member" };
    const invited = await app.request("POST", "/api/v2/invitations", { body, apiKey: leaving.apiKey });
    const kept = await makePerson(opened.db, { tenantId, role: "member" });
    await connectDrive(app, "bob@example.com", { apiKey: kept.apiKey });
    const revoked = app.sandbox.requests.count("oauth.revoke");

    const reply = await remove(id);
    expect(reply.body).toEqual({ success: true, message: "The member was removed. Their images stay." });
    const ofUser = (
      table: typeof apiKeys | typeof connections | typeof pickerSessions | typeof oauthAttempts,
    ) => opened.db.select({ tenantId: table.tenantId }).from(table).where(eq(table.userId, id));
    for (const table of [apiKeys, connections, pickerSessions, oauthAttempts]) {
      expect(await ofUser(table)).toEqual([]);
    }
    expect(await opened.db.select().from(users).where(eq(users.id, id))).toEqual([]);
    expect(await opened.db.select().from(authUsers).where(eq(authUsers.email, email))).toEqual([]);
    const left = opened.db.select({ id: authUsers.id }).from(authUsers);
    for (const table of [authSessions, authAccounts]) {
      const rows = await opened.db.select({ userId: table.userId }).from(table);
      const known = new Set((await left).map((row) => row.id));
      expect(rows.filter(({ userId }) => !known.has(userId))).toEqual([]);
    }
    expect(await opened.db.select().from(invitations).where(eq(invitations.createdBy, id))).toEqual([]);
    for (const asked of [{ apiKey: leaving.apiKey }, { apiKey: null, headers: { cookie } }]) {
      expect((await app.request("GET", "/api/v2/me", asked)).status).toBe(401);
    }
    expect(await signInCookie(app, { email, password: PASSWORD })).toBe("");
    const late = { token: invited.body.token, display_name: "Late", password: PASSWORD };
    const accepted = await app.request("POST", "/api/v2/invitations/accept", { body: late, apiKey: null });
    expect(outcome(accepted)).toEqual([400, "invitation_invalid"]);

    await expect
      .poll(() => app.sandbox.requests.count("oauth.revoke"), { timeout: 10_000 })
      .toBe(revoked + 1);
    await expect.poll(() => jobsOf(leaving), { timeout: 10_000 }).toEqual([]);
    const rows = await imagesOf(leaving);
    expect(rows).toHaveLength(2);
    expect((await app.request("GET", `/api/v2/user-files/${rows[0]?.id}/download`)).status).toBe(200);
    const others = await app.request("GET", `${CLOUD}/connections`, { apiKey: kept.apiKey });
    expect(others.body.total_count).toBe(1);
    const removal = (await eventsOf(id)).find(({ action }) => action === "member.removed");
    expect(removal).toMatchObject({ actorUserId: adminId, details: { role: "admin", images: "kept" } });

    expect(outcome(await remove(id))).toEqual([404, "member_not_found"]);
    expect((await joinAs(email)).cookie).not.toBe("");
  });

  it("200 deletes the images that they brought in with their blobs, if asked, and nobody else's", async () => {
    const kept = await makePerson(opened.db, { tenantId, role: "member" });
    await importPictures(kept, { count: 2 });
    const before = await blobs();
    await importPictures(member, { count: 3 });
    expect(await blobs()).toHaveLength(before.length + 3);
    const reply = await remove(member.principal.userId, "?images=delete");
    expect(reply.body.message).toContain("are being deleted");
    await expect.poll(() => imagesOf(member), { timeout: 10_000 }).toEqual([]);
    expect(new Set(await blobs())).toEqual(new Set(before));
    expect(await imagesOf(kept)).toHaveLength(2);
  });

  it("200 cancels an import that is under way, and no blob without an image is left of it", async () => {
    // All bytes of a chunk arrive at about the same moment, after the removal and before a worker can notice it.
    app.sandbox.faults.replace({
      rules: [{ route: "files.get.media", fault: { kind: "slow", bytesPerSecond: 10_000 } }],
    });
    const order = { prefer: "respond-async" };
    const { job_id: jobId } = await importPictures(member, { count: 60, sizeBytes: 20_000 }, order);
    const staging = join(app.config.dataDir, "blobs", "staging");
    const begun = async () => (await readdir(staging)).length;
    await expect.poll(begun, { interval: 5, timeout: 10_000 }).toBeGreaterThan(10);
    await remove(member.principal.userId);
    const [cancelled] = await jobsOf(member);
    if (cancelled !== undefined) expect(cancelled.status).toBe("cancelled");
    await expect.poll(() => jobsOf(member), { timeout: 20_000 }).toEqual([]);
    app.sandbox.faults.clear();
    // Whatever a worker had in hand is written by now, if it is ever.
    const held = "select from queue.job where name like 'transfer-chunk%' and state = 'active'";
    await expect.poll(async () => (await opened.db.execute(held)).rowCount, { timeout: 20_000 }).toBe(0);
    expect(await opened.db.select().from(transferItems).where(eq(transferItems.jobId, jobId))).toEqual([]);
    const rows = await opened.db.select({ id: images.id }).from(images);
    const named = (await blobs()).map((path) =>
      path
        .split("/")
        .at(-1)
        ?.replace(/_[0-9a-z]+\.blob$/, ""),
    );
    expect(await imagesOf(member)).toEqual([]);
    expect(new Set(named)).toEqual(new Set(rows.map(({ id }) => id)));
  });

  it("leaves no connection and no job to those who connect and import while they are removed", async () => {
    const path = `${CLOUD}/auth/google_drive`;
    for (let round = 0; round < 5; round += 1) {
      const person = await makePerson(opened.db, { tenantId, role: "member" });
      const { apiKey } = person;
      const connectionId = await connectDrive(app, "alice@example.com", { apiKey });
      const begun = await app.request("POST", path, { body: { provider: "google_drive" }, apiKey });
      const authorizationUrl: string = begun.body.authorization_url;
      const { searchParams } = await approveConsent({ authorizationUrl, email: "bob@example.com" });
      const granted = { code: searchParams.get("code"), state: searchParams.get("state") };
      const files = addPictures(app.sandbox, { pictures: await testPictures({ count: 1 }) });
      const order = { connection_id: connectionId, files };
      const [removed, ...others] = await Promise.all([
        remove(person.principal.userId),
        app.request("POST", `${path}/callback`, { body: granted, apiKey }),
        app.request("POST", `${CLOUD}/import`, { body: order, apiKey, headers: { prefer: "respond-async" } }),
      ]);
      expect(removed.status).toBe(200);
      for (const { status } of others) expect(status).toBeLessThan(500);
      const left = await opened.db
        .select({ id: connections.id })
        .from(connections)
        .where(eq(connections.userId, person.principal.userId));
      expect(left).toEqual([]);
      await expect.poll(() => jobsOf(person), { timeout: 10_000 }).toEqual([]);
    }
  });

  it("409 keeps the last admin", async () => {
    const { userId } = stranger.principal;
    expect(outcome(await remove(userId, "", stranger.apiKey))).toEqual([409, "last_admin"]);
    expect((await app.request("GET", "/api/v2/me", { apiKey: stranger.apiKey })).status).toBe(200);
  });

  it("leaves one admin when all remove each other at once", async () => {
    const first = await makePerson(opened.db);
    const second = await makePerson(opened.db, { tenantId: first.principal.tenantId });
    await Promise.all([
      remove(first.principal.userId, "", second.apiKey),
      remove(second.principal.userId, "", first.apiKey),
    ]);
    const rows = await opened.db.select().from(users).where(eq(users.tenantId, first.principal.tenantId));
    expect(rows.map(({ role }) => role)).toEqual(["admin"]);
  });

  it("404 of nobody, and of another workspace's, who stays", async () => {
    for (const id of [NOBODY, stranger.principal.userId]) {
      expect(outcome(await remove(id, "?images=delete"))).toEqual([404, "member_not_found"]);
    }
    expect((await app.request("GET", "/api/v2/me", { apiKey: stranger.apiKey })).status).toBe(200);
  });

  it("422 names a wish that is none", async () => {
    expect((await remove(member.principal.userId, "?images=burn")).status).toBe(422);
  });
});
