import { eq, sql } from "drizzle-orm";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { authUsers, tenants } from "../../db/index.ts";
import { addPictures } from "../../testing/add-pictures.ts";
import { blobNames } from "../../testing/blob-names.ts";
import { connectDrive } from "../../testing/connect-account.ts";
import { makePerson, type Person } from "../../testing/make-person.ts";
import { openDatabase, type OpenedDatabase } from "../../testing/open-database.ts";
import { signInCookie } from "../../testing/sign-in-cookie.ts";
import { startTestApp, TEST_ADMIN, type TestApp } from "../../testing/start-test-app.ts";
import { testPictures } from "../../testing/test-pictures.ts";

const PATH = "/api/v2/workspace";
const CLOUD = "/api/v2/cloud-storage";

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

const erase = (confirm: string, apiKey = app.apiKey) =>
  app.request("DELETE", PATH, { body: { confirm }, apiKey });
const rest = (id: string) => opened.db.select().from(tenants).where(eq(tenants.id, id));

async function importOne(apiKey: string): Promise<string> {
  const connectionId = await connectDrive(app, "alice@example.com", { apiKey });
  const files = addPictures(app.sandbox, { pictures: await testPictures({ count: 1 }) });
  const body = { connection_id: connectionId, files };
  const { body: reply } = await app.request("POST", `${CLOUD}/import`, { body, apiKey });
  return reply.image_ids[0];
}

/** Every table that has a column `tenant_id`, with how many rows of this tenant it has. */
async function rowsOf(id: string): Promise<Record<string, number>> {
  const { rows } = await opened.db.execute<{ name: string }>(sql`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attname = 'tenant_id'`);
  const counts: Record<string, number> = {};
  for (const { name } of rows) {
    const table = sql.identifier(name);
    const found = await opened.db.execute(sql`select from ${table} where tenant_id = ${id}`);
    if ((found.rowCount ?? 0) > 0) counts[name] = found.rowCount ?? 0;
  }
  return counts;
}

describe("DELETE workspace", () => {
  it("400 without its name, and nothing happens", async () => {
    const reply = await erase("workspace");
    expect([reply.status, reply.body.error.code]).toEqual([400, "confirmation_mismatch"]);
    expect((await app.request("GET", "/api/v2/me")).status).toBe(200);
  });

  it("403 refuses a member", async () => {
    const { apiKey } = await makePerson(opened.db, { tenantId, role: "member" });
    const reply = await erase("Workspace", apiKey);
    expect([reply.status, reply.body.error.code]).toEqual([403, "insufficient_scope"]);
  });

  it("200 ends every credential at once, then leaves no row and no blob, and another workspace untouched", async () => {
    const kept = await importOne(stranger.apiKey);
    await importOne(app.apiKey);
    await app.request("POST", "/api/v2/collections", { body: { name: "Ours" } });
    const invited = await app.request("POST", "/api/v2/invitations", {
      body: { email: "guest@example.com", role: "member" },
    });
    const cookie = await signInCookie(app, TEST_ADMIN);
    const colleague = await makePerson(opened.db, { tenantId, role: "member" });
    const strangersRows = await rowsOf(stranger.principal.tenantId);
    expect(Object.keys(await rowsOf(tenantId)).length).toBeGreaterThan(6);

    const reply = await erase("Workspace");
    expect(reply.body).toEqual({ success: true, message: expect.stringContaining("is being deleted") });
    for (const asked of [
      { apiKey: app.apiKey },
      { apiKey: colleague.apiKey },
      { apiKey: null, headers: { cookie } },
    ]) {
      expect((await app.request("GET", "/api/v2/me", asked)).status).toBe(401);
    }
    expect(await signInCookie(app, TEST_ADMIN)).toBe("");
    const late = { token: invited.body.token, display_name: "Late", password: "a password of twelve" };
    const accepted = await app.request("POST", "/api/v2/invitations/accept", { body: late, apiKey: null });
    expect([accepted.status, accepted.body.error.code]).toEqual([400, "invitation_invalid"]);

    await expect.poll(() => rest(tenantId), { timeout: 20_000 }).toEqual([]);
    expect(await rowsOf(tenantId)).toEqual({});
    expect(await opened.db.select().from(authUsers)).toEqual([]);
    const blobs = await blobNames(join(app.config.dataDir, "blobs"));
    expect(blobs.map((path) => path.split("/").at(-1))).toEqual([
      expect.stringMatching(new RegExp(`^${kept}_[0-9a-z]+\\.blob$`)),
    ]);
    expect(await rowsOf(stranger.principal.tenantId)).toEqual(strangersRows);
    const download = await app.request("GET", `/api/v2/user-files/${kept}/download`, {
      apiKey: stranger.apiKey,
    });
    expect(download.status).toBe(200);
  });

  it("refuses every credential of a workspace that is marked, before anything of it has gone", async () => {
    const owner = await makePerson(opened.db);
    await opened.db
      .update(tenants)
      .set({ deletionRequestedAt: new Date() })
      .where(eq(tenants.id, owner.principal.tenantId));
    expect((await app.request("GET", "/api/v2/me", { apiKey: owner.apiKey })).status).toBe(401);
  });
});
