import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { authSessions, invitations } from "../db/index.ts";
import { openDatabase } from "../testing/open-database.ts";
import { signInCookie } from "../testing/sign-in-cookie.ts";
import { startTestApp, TEST_ADMIN, type TestApp } from "../testing/start-test-app.ts";

let app: TestApp;
let opened: ReturnType<typeof openDatabase>;

beforeAll(async () => {
  app = await startTestApp({ environment: { ROLES: "api", AUDIT_LOG_DAYS: "0" } });
  opened = openDatabase(app.database);
});
afterAll(async () => {
  await opened.close();
  await app.stop();
});

it("a worker that starts leaves nothing of sessions and invitations that have run out, and the others alone", async () => {
  const invite = (email: string) =>
    app.request("POST", "/api/v2/invitations", { body: { email, role: "member" } });
  await signInCookie(app, TEST_ADMIN);
  await invite("late@example.com");
  await opened.db.execute(sql`update auth_sessions set expires_at = now() - interval '1 second'`);
  await opened.db.execute(sql`update invitations set expires_at = now() - interval '1 second'`);
  const cookie = await signInCookie(app, TEST_ADMIN);
  // Written by hand, for inviting would sweep the late one of this workspace by itself.
  await opened.db.execute(sql`insert into invitations (id, tenant_id, email, role, token_sha256, created_by, expires_at)
    select 'inv_good', tenant_id, 'good@example.com', 'member', 'x', created_by, now() + interval '1 day' from invitations`);
  expect([await opened.db.$count(authSessions), await opened.db.$count(invitations)]).toEqual([2, 2]);

  const worker = await startTestApp({ beside: app, environment: { ROLES: "worker", AUDIT_LOG_DAYS: "0" } });
  await worker.stop();

  expect((await opened.db.select().from(invitations)).map(({ email }) => email)).toEqual([
    "good@example.com",
  ]);
  expect(await opened.db.$count(authSessions)).toBe(1);
  expect((await app.request("GET", "/api/v2/me", { apiKey: null, headers: { cookie } })).status).toBe(200);
});
