import { createHash, createHmac, randomBytes } from "node:crypto";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { authSessions, connectDatabase, type Database, migrate } from "../../db/index.ts";
import { systemClock } from "../../platform/index.ts";
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";
import { testLog } from "../../testing/test-log.ts";
import { createIdentity, type Identity } from "../identity.ts";

const ACCOUNT = { email: "owner@example.com", password: "password of owner" };
const COOKIE = "driveway.session_token";
const MIGRATIONS = join(import.meta.dirname, "../../db/migrations");
const log = testLog();
const newSecret = () => randomBytes(32).toString("base64url");
const [secret, newer] = [newSecret(), newSecret()];

let database: TestDatabase;
let db: Database;
let close: () => Promise<void>;
beforeAll(async () => {
  database = await createTestDatabase();
  ({ db, close } = open(database));
  await bootstrap(identityWith([secret]));
});
afterAll(async () => {
  await close();
  await database.drop();
});

function open({ connectionString }: TestDatabase): { db: Database; close: () => Promise<void> } {
  return connectDatabase({ connectionString, poolSize: 2, applicationName: "test", log });
}

function identityWith(sessionSecrets: readonly [string, ...string[]], on = db): Identity {
  const publicUrl = "http://localhost:8080";
  return createIdentity({ db: on, clock: systemClock, sessionSecrets, publicUrl, allowedOrigins: [], log });
}

function bootstrap(identity: Identity) {
  const { email: adminEmail, password: adminPassword } = ACCOUNT;
  return identity.bootstrap({ adminEmail, adminPassword, apiKey: null });
}

/** Signs in and returns the cookie's token and the Cookie header. */
async function signIn(identity: Identity): Promise<{ token: string; cookie: string }> {
  const client = { address: "203.0.113.7", userAgent: "a browser", requestId: "a-request" };
  const { setCookies } = await identity.signIn({ ...ACCOUNT, client, origin: undefined });
  return cookieOf(setCookies);
}

function cookieOf(setCookies: readonly string[]): { token: string; cookie: string } {
  const cookie = setCookies[0]?.split(";")[0] ?? "";
  return { cookie, token: decodeURIComponent(cookie.slice(COOKIE.length + 1)).split(".")[0] ?? "" };
}

/** A cookie as it is made here. */
function signed(token: string, by = secret): string {
  return `${COOKIE}=${encodeURIComponent(`${token}.${createHmac("sha256", by).update(token).digest("base64")}`)}`;
}

const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

describe("a session at rest", () => {
  it("is the hash of its token; the token itself is nowhere in the row", async () => {
    const { token } = await signIn(identityWith([secret]));
    const { rows } = await db.execute<{ text: string }>(
      sql`select s::text as text from auth_sessions s where token = ${hashOf(token)}`,
    );
    expect(rows).toHaveLength(1);
    expect(token).toHaveLength(32);
    expect(rows[0]?.text).not.toContain(token);
  });

  it("opens nothing: what stands in the table is no token, even when it is signed with the right secret", async () => {
    const identity = identityWith([secret]);
    const { token } = await signIn(identity);
    const cookie = signed(hashOf(token));
    expect(await identity.authenticate({ cookie: signed(token) })).not.toBeNull();
    expect(await identity.authenticate({ cookie })).toBeNull();
    expect((await identity.readSession({ cookieHeader: cookie })).session).toBeNull();
  });

  it("cannot be written in plain text", async () => {
    const { token } = await signIn(identityWith([secret]));
    const raw = db
      .update(authSessions)
      .set({ token })
      .where(eq(authSessions.token, hashOf(token)));
    await expect(raw).rejects.toMatchObject({ cause: { constraint: "auth_sessions_token_hashed" } });
  });

  it("goes on when it is prolonged, under the same token", async () => {
    const identity = identityWith([secret]);
    const { token, cookie } = await signIn(identity);
    const soon = new Date(Date.now() + 3_600_000);
    await db
      .update(authSessions)
      .set({ expiresAt: soon })
      .where(eq(authSessions.token, hashOf(token)));
    const { setCookies } = await identity.readSession({ cookieHeader: cookie });
    expect(cookieOf(setCookies)).toEqual({ token, cookie });
    const [row] = await db
      .select()
      .from(authSessions)
      .where(eq(authSessions.token, hashOf(token)));
    expect(row?.expiresAt.getTime()).toBeGreaterThan(soon.getTime());
  });

  it("is removed from the table when it has run out and a page asks for it", async () => {
    const identity = identityWith([secret]);
    const { token, cookie } = await signIn(identity);
    const row = eq(authSessions.token, hashOf(token));
    await db
      .update(authSessions)
      .set({ expiresAt: new Date(1) })
      .where(row);
    expect((await identity.readSession({ cookieHeader: cookie })).session).toBeNull();
    expect(await db.select().from(authSessions).where(row)).toEqual([]);
  });

  it("from before tokens were hashed stays signed in", async () => {
    const older = await createEmptyDatabase();
    onTestFinished(() => older.drop());
    const directory = await mkdtemp(join(tmpdir(), "driveway-migrations-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    for (const name of ["0001_initial.sql", "0002_audit_events.sql"]) {
      await copyFile(join(MIGRATIONS, name), join(directory, name));
    }
    const { connectionString } = older;
    await migrate({ connectionString, log, directory });
    const opened = open(older);
    onTestFinished(() => opened.close());
    const token = "a-token-from-the-time-before";
    await opened.db.execute(sql`
      insert into tenants (id, name) values ('ten_1', 'Workspace');
      insert into auth_users (id, name, email) values ('u1', 'owner', 'owner@example.com');
      insert into users (id, tenant_id, auth_user_id, display_name, role) values ('usr_1', 'ten_1', 'u1', 'owner', 'admin');
      insert into auth_sessions (id, user_id, token, expires_at)
        values ('s1', 'u1', 'a-token-from-the-time-before', now() + interval '1 day')`);
    await migrate({ connectionString, log });
    const principal = await identityWith([secret], opened.db).authenticate({ cookie: signed(token) });
    expect(principal).toMatchObject({ tenantId: "ten_1", userId: "usr_1" });
  });
});

describe("a session's cookie, when the secrets change", () => {
  it("stays good while its secret is among them, and no longer", async () => {
    const { cookie } = await signIn(identityWith([secret]));
    const rotated = identityWith([newer, secret]);
    expect(await rotated.authenticate({ cookie })).not.toBeNull();
    expect((await rotated.readSession({ cookieHeader: cookie })).session?.user.email).toBe(ACCOUNT.email);
    const dropped = identityWith([newer]);
    expect(await dropped.authenticate({ cookie })).toBeNull();
    expect((await dropped.readSession({ cookieHeader: cookie })).session).toBeNull();
  });

  it("is signed with the first: a new one, and one that is prolonged", async () => {
    const rotated = identityWith([newer, secret]);
    const { cookie: fresh } = await signIn(rotated);
    expect(await identityWith([newer]).authenticate({ cookie: fresh })).not.toBeNull();
    expect(await identityWith([secret]).authenticate({ cookie: fresh })).toBeNull();

    const { token, cookie: old } = await signIn(identityWith([secret]));
    const soon = new Date(Date.now() + 3_600_000);
    await db
      .update(authSessions)
      .set({ expiresAt: soon })
      .where(eq(authSessions.token, hashOf(token)));
    const { setCookies } = await rotated.readSession({ cookieHeader: old });
    expect(cookieOf(setCookies).cookie).toBe(signed(token, newer));
  });

  it("ends by signing out, whichever of them signed it", async () => {
    const { cookie } = await signIn(identityWith([secret]));
    const rotated = identityWith([newer, secret]);
    await rotated.signOut({ cookieHeader: cookie, origin: undefined, fetchSite: "same-origin" });
    expect(await identityWith([secret]).authenticate({ cookie })).toBeNull();
  });
});
