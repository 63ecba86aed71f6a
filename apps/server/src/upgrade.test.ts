import { approveConsent } from "@driveway/sandbox";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { addPictures } from "./testing/add-pictures.ts";
import { connectDrive } from "./testing/connect-account.ts";
import { makeEarlierDatabase } from "./testing/make-earlier-database.ts";
import { openDatabase } from "./testing/open-database.ts";
import { signInCookie } from "./testing/sign-in-cookie.ts";
import { startTestApp, TEST_ADMIN, type TestApp } from "./testing/start-test-app.ts";
import type { TestDatabase } from "./testing/test-database.ts";
import { testPictures } from "./testing/test-pictures.ts";

const CLOUD = "/api/v2/cloud-storage";

let today: TestApp;
let earlier: TestDatabase;
let upgraded: TestApp;
let opened: ReturnType<typeof openDatabase>;
let cookie: string;
let connectionId: string;
let imageId: string;
let jobId: string;
let authorizationUrl: string;

beforeAll(async () => {
  today = await startTestApp();
  cookie = await signInCookie(today, TEST_ADMIN);
  connectionId = await connectDrive(today);
  const files = addPictures(today.sandbox, { pictures: await testPictures({ count: 1 }) });
  const order = { connection_id: connectionId, files };
  const imported = await today.request("POST", `${CLOUD}/import`, { body: order });
  [imageId] = imported.body.image_ids;
  jobId = imported.body.import_job_id;
  await today.request("GET", `${CLOUD}/connections/${connectionId}/picker-token`);
  const body = { provider: "google_drive" };
  const begun = await today.request("POST", `${CLOUD}/auth/google_drive`, { body });
  authorizationUrl = begun.body.authorization_url;

  const token = decodeURIComponent(cookie.split("=")[1] ?? "").split(".")[0];
  earlier = await makeEarlierDatabase(today.database, (table, row) => {
    if (table === "auth_sessions") return { ...row, token };
    if (table === "oauth_attempts") return { ...row, verifier_sealed: row.verifier_sealed ?? "spent" };
    return row;
  });
  upgraded = await startTestApp({ beside: { ...today, database: earlier } });
  opened = openDatabase(earlier);
});
afterAll(async () => {
  await opened.close();
  await upgraded.stop();
  await earlier.drop();
  await today.stop();
});

it("a database of the first version keeps its keys, its passwords and who is signed in", async () => {
  const byKey = await upgraded.request("GET", "/api/v2/me");
  expect(byKey.body).toEqual((await today.request("GET", "/api/v2/me")).body);
  const byCookie = await upgraded.request("GET", "/api/v2/me", { apiKey: null, headers: { cookie } });
  expect(byCookie.body.user.email).toBe(TEST_ADMIN.email);
  expect(await signInCookie(upgraded, TEST_ADMIN)).toContain("session_token=");
});

it("its connections go on with the tokens that it holds, and its jobs and images are there", async () => {
  const files = addPictures(upgraded.sandbox, { pictures: await testPictures({ count: 1 }) });
  const order = { connection_id: connectionId, files };
  const imported = await upgraded.request("POST", `${CLOUD}/import`, { body: order });
  expect([imported.status, imported.body.image_ids.length]).toEqual([200, 1]);
  expect((await upgraded.request("GET", `${CLOUD}/jobs/${jobId}`)).body.job.status).toBe("completed");
  expect((await upgraded.request("GET", `/api/v2/user-files/${imageId}/download`)).status).toBe(200);
});

it("an attempt that was under way ends well, and one that had ended keeps no verifier", async () => {
  const spent = sql`select verifier_sealed, principal_kind from oauth_attempts where consumed_at is not null`;
  expect((await opened.db.execute(spent)).rows).toEqual([
    { verifier_sealed: null, principal_kind: "api_key" },
  ]);
  const { searchParams } = await approveConsent({ authorizationUrl, email: "bob@example.com" });
  const body = { code: searchParams.get("code"), state: searchParams.get("state") };
  const finished = await upgraded.request("POST", `${CLOUD}/auth/google_drive/callback`, { body });
  expect([finished.status, finished.body.connection?.provider_email]).toEqual([200, "bob@example.com"]);
});

it("what is new works on what is old: keys, invitations, the audit log", async () => {
  const body = { email: "guest@example.com", role: "member" };
  expect((await upgraded.request("POST", "/api/v2/invitations", { body })).status).toBe(201);
  const key = await upgraded.request("POST", "/api/v2/api-keys", {
    body: { name: "new", scopes: ["admin"] },
  });
  const log = await upgraded.request("GET", "/api/v2/audit-log", { apiKey: key.body.secret });
  expect(log.body.events.map(({ action }: { action: string }) => action)).toContain("api_key.created");
});
