import { randomBytes } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiKeys, authSessions, type Database, tenants, users } from "../db/index.ts";
import { createLog, hashSecret, newId, systemClock } from "../platform/index.ts";
import { openDatabase, type OpenedDatabase } from "../testing/open-database.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createIdentity, type Identity } from "./identity.ts";
import { allows, type Principal } from "./principal.ts";

const ORIGIN = "https://app.example.com";
const client = { address: "203.0.113.7", userAgent: "a browser", requestId: "a-request" };
const log = createLog({ level: "silent", pretty: false });
const sessionSecrets = [randomBytes(32).toString("base64url")] as const;

let database: TestDatabase;
let connection: OpenedDatabase;
let db: Database;
beforeAll(async () => {
  database = await createTestDatabase();
  connection = openDatabase(database);
  db = connection.db;
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

function identityAt(publicUrl = "http://localhost:8080", nowMs = () => systemClock.now()): Identity {
  const clock = { now: nowMs };
  return createIdentity({
    db: connection.guarded,
    clock,
    sessionSecrets,
    publicUrl,
    allowedOrigins: [ORIGIN],
    log,
  });
}

const newKey = () => `key_${randomBytes(24).toString("base64url")}`;
const bearer = (key: string) => ({ authorization: `Bearer ${key}` });

async function signUp(email: string): Promise<{ apiKey: string; password: string; principal: Principal }> {
  const apiKey = newKey();
  const password = `password of ${email}`;
  await identityAt().bootstrap({ adminEmail: email, adminPassword: password, apiKey });
  const principal = await identityAt().authenticate(bearer(apiKey));
  if (principal === null) throw new Error("the key does not work");
  return { apiKey, password, principal };
}

/** The Cookie header that a browser would send back. */
const cookieOf = (setCookies: readonly string[]) => setCookies.map((line) => line.split(";")[0]).join("; ");

describe("the first start", () => {
  it("makes the admin, a workspace and a key with all scopes, and leaves them alone at the next start", async () => {
    const identity = identityAt();
    const apiKey = newKey();
    const params = { adminEmail: "First@Example.com", adminPassword: "the first password", apiKey };
    expect(await identity.bootstrap(params)).toEqual({ adminCreated: true, apiKeyCreated: true });
    const again = { ...params, adminPassword: "another password" };
    expect(await identity.bootstrap(again)).toEqual({ adminCreated: false, apiKeyCreated: false });

    const principal = await identity.authenticate(bearer(apiKey));
    expect(principal).toMatchObject({ kind: "api_key" });
    expect(principal !== null && allows(principal, "cloud_storage:delete")).toBe(true);
    const credentials = { email: "first@example.com", client, origin: undefined };
    await identity.signIn({ ...credentials, password: "the first password" });
    await expect(identity.signIn({ ...credentials, password: "another password" })).rejects.toMatchObject({
      code: "invalid_credentials",
    });
  });

  it("is safe when several processes start at once", async () => {
    const params = { adminEmail: "race@example.com", adminPassword: "a password", apiKey: newKey() };
    const results = await Promise.all([1, 2, 3, 4].map(() => identityAt().bootstrap(params)));
    expect(results.filter((result) => result.adminCreated)).toHaveLength(1);
    expect(results.filter((result) => result.apiKeyCreated)).toHaveLength(1);
    expect(await db.select().from(users).where(eq(users.email, "race@example.com"))).toHaveLength(1);
  });

  it("makes no key when none is given, and adds one later", async () => {
    const params = { adminEmail: "later@example.com", adminPassword: "a password" };
    const identity = identityAt();
    expect(await identity.bootstrap({ ...params, apiKey: null })).toEqual({
      adminCreated: true,
      apiKeyCreated: false,
    });
    const apiKey = newKey();
    expect(await identity.bootstrap({ ...params, apiKey })).toEqual({
      adminCreated: false,
      apiKeyCreated: true,
    });
  });

  it("refuses a short key and one of another user, and then makes nothing", async () => {
    const { apiKey } = await signUp("holder@example.com");
    const params = { adminEmail: "rival@example.com", adminPassword: "a password" };
    await expect(identityAt().bootstrap({ ...params, apiKey })).rejects.toThrow("belongs to another user");
    await expect(identityAt().bootstrap({ ...params, apiKey: "short" })).rejects.toThrow("32 characters");
    expect(await db.select().from(users).where(eq(users.email, "rival@example.com"))).toHaveLength(0);
  });
});

describe("an API key", () => {
  it("is not found in the database", async () => {
    const { apiKey } = await signUp("hidden@example.com");
    const rows = await db.execute(
      sql`select k::text as text from api_keys k where secret_sha256 = ${hashSecret(apiKey)}`,
    );
    expect(rows.rows).toHaveLength(1);
    expect(JSON.stringify(rows.rows)).not.toContain(apiKey.slice(9));
  });

  it.each([
    ["unknown", () => bearer(newKey())],
    ["empty", () => ({ authorization: "Bearer " })],
    ["of another scheme", () => ({ authorization: "Basic dXNlcjpwYXNz" })],
    ["absent", () => ({})],
  ])("that is %s is nobody's", async (_name, headers) => {
    expect(await identityAt().authenticate(headers())).toBeNull();
  });

  it("is nobody's once it is revoked", async () => {
    const { apiKey } = await signUp("revoked@example.com");
    await db
      .update(apiKeys)
      .set({ revokedAt: new Date() })
      .where(eq(apiKeys.secretSha256, hashSecret(apiKey)));
    expect(await identityAt().authenticate(bearer(apiKey))).toBeNull();
    expect(
      await identityAt().bootstrap({
        adminEmail: "revoked@example.com",
        adminPassword: "a password",
        apiKey,
      }),
    ).toEqual({ adminCreated: false, apiKeyCreated: false });
    expect(await identityAt().authenticate(bearer(apiKey))).toBeNull();
  });

  it("ends at the moment it expires", async () => {
    const { apiKey } = await signUp("expiring@example.com");
    const expiresAt = new Date("2030-01-01T00:00:00Z");
    await db
      .update(apiKeys)
      .set({ expiresAt })
      .where(eq(apiKeys.secretSha256, hashSecret(apiKey)));
    const at = (ms: number) => identityAt(undefined, () => ms).authenticate(bearer(apiKey));
    expect(await at(expiresAt.getTime() - 1)).not.toBeNull();
    expect(await at(expiresAt.getTime())).toBeNull();
  });

  it("allows what its scopes say, and unknown scopes allow nothing", async () => {
    const { principal } = await signUp("scoped@example.com");
    const secret = newKey();
    await db.insert(apiKeys).values({
      id: newId("key"),
      tenantId: principal.tenantId,
      userId: principal.userId,
      name: "narrow",
      prefix: secret.slice(0, 8),
      secretSha256: hashSecret(secret),
      scopes: ["cloud_storage:read", "of_the_future"],
    });
    const narrow = await identityAt().authenticate(bearer(secret));
    expect([...(narrow?.scopes ?? [])]).toEqual(["cloud_storage:read"]);
    expect(narrow !== null && allows(narrow, "cloud_storage:write")).toBe(false);
  });

  it("writes when it was last used once a minute, however busy it is", async () => {
    const { apiKey } = await signUp("busy@example.com");
    const start = Date.now() + 3_600_000;
    const lastUsed = async () => {
      const [key] = await db
        .select()
        .from(apiKeys)
        .where(eq(apiKeys.secretSha256, hashSecret(apiKey)));
      return key?.lastUsedAt?.getTime();
    };
    const useAt = (ms: number) => identityAt(undefined, () => ms).authenticate(bearer(apiKey));
    await Promise.all([1, 2, 3].map(() => useAt(start)));
    expect(await lastUsed()).toBe(start);
    await useAt(start + 59_999);
    expect(await lastUsed()).toBe(start);
    await useAt(start + 60_000);
    expect(await lastUsed()).toBe(start + 60_000);
  });

  it("that is wrong is not helped by a good cookie", async () => {
    const { password } = await signUp("both@example.com");
    const identity = identityAt();
    const { setCookies } = await identity.signIn({
      email: "both@example.com",
      password,
      client,
      origin: undefined,
    });
    const cookie = cookieOf(setCookies);
    expect(await identity.authenticate({ cookie })).not.toBeNull();
    expect(await identity.authenticate({ cookie, ...bearer(newKey()) })).toBeNull();
  });
});

describe("a session", () => {
  it("is the principal of its user, admin or member by role", async () => {
    const { password, principal } = await signUp("roles@example.com");
    const identity = identityAt();
    const { setCookies } = await identity.signIn({
      email: "ROLES@example.com",
      password,
      client,
      origin: ORIGIN,
    });
    const cookie = cookieOf(setCookies);
    const { tenantId, userId } = principal;
    const admin = await identity.authenticate({ cookie });
    expect(admin).toEqual({ kind: "session", tenantId, userId, scopes: new Set(["admin"]) });
    await db.update(users).set({ role: "member" }).where(eq(users.id, userId));
    const member = await identity.authenticate({ cookie: `other=1; ${cookie}; more=2` });
    expect(member).toMatchObject({ tenantId, userId, scopes: new Set(["write"]) });
  });

  it("keeps the address that the edge saw and the browser's name", async () => {
    const { password } = await signUp("traced@example.com");
    await identityAt().signIn({ email: "traced@example.com", password, client, origin: undefined });
    const [row] = await db
      .select()
      .from(authSessions)
      .where(eq(authSessions.ipAddress, client.address))
      .limit(1);
    expect(row?.userAgent).toBe("a browser");
  });

  it("is nobody's when its cookie was changed, made up, or signed with another secret", async () => {
    const { password } = await signUp("forged@example.com");
    const identity = identityAt();
    const { setCookies } = await identity.signIn({
      email: "forged@example.com",
      password,
      client,
      origin: undefined,
    });
    const [name = "", value = ""] = cookieOf(setCookies).split("=");
    const [token = ""] = decodeURIComponent(value).split(".");
    for (const cookie of [token, `${token}.`, `x${value}`, `${token}.${"A".repeat(43)}=`, "", "."]) {
      expect(await identity.authenticate({ cookie: `${name}=${encodeURIComponent(cookie)}` })).toBeNull();
    }
    const elsewhere = createIdentity({
      db,
      clock: systemClock,
      sessionSecrets: [randomBytes(32).toString("base64url")],
      publicUrl: "http://localhost:8080",
      allowedOrigins: [],
      log,
    });
    expect(await elsewhere.authenticate({ cookie: `${name}=${value}` })).toBeNull();
  });

  it("ends after seven days, and when its user leaves", async () => {
    const { password, principal } = await signUp("leaving@example.com");
    const identity = identityAt();
    const params = { email: "leaving@example.com", password, client, origin: undefined };
    const { setCookies, session } = await identity.signIn(params);
    const cookie = cookieOf(setCookies);
    const days = (session.expiresAt.getTime() - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(7, 2);
    expect(
      await identityAt(undefined, () => session.expiresAt.getTime() + 5_000).authenticate({ cookie }),
    ).toBeNull();
    await db.delete(users).where(eq(users.id, principal.userId));
    expect(await identity.authenticate({ cookie })).toBeNull();
    expect((await identity.readSession({ cookieHeader: cookie })).session).toBeNull();
    await expect(identity.signIn(params)).rejects.toMatchObject({ code: "invalid_credentials" });
  });

  it("is over for good after signing out", async () => {
    const { password } = await signUp("out@example.com");
    const identity = identityAt();
    const { setCookies } = await identity.signIn({
      email: "out@example.com",
      password,
      client,
      origin: undefined,
    });
    const cookieHeader = cookieOf(setCookies);
    expect((await identity.readSession({ cookieHeader })).session?.user.email).toBe("out@example.com");
    const forget = await identity.signOut({ cookieHeader, origin: ORIGIN });
    expect(forget.join()).toContain("driveway.session_token=;");
    expect(await identity.authenticate({ cookie: cookieHeader })).toBeNull();
    expect((await identity.readSession({ cookieHeader })).session).toBeNull();
    await identity.signOut({ cookieHeader: undefined, origin: undefined });
  });

  it("is prolonged when a page asks for it after more than a day", async () => {
    const { password, principal } = await signUp("prolonged@example.com");
    const identity = identityAt();
    const { setCookies } = await identity.signIn({
      email: "prolonged@example.com",
      password,
      client,
      origin: undefined,
    });
    const cookieHeader = cookieOf(setCookies);
    const [user] = await db.select().from(users).where(eq(users.id, principal.userId));
    const soon = new Date(Date.now() + 3_600_000);
    await db
      .update(authSessions)
      .set({ expiresAt: soon })
      .where(eq(authSessions.userId, user?.authUserId ?? ""));
    const answer = await identity.readSession({ cookieHeader });
    expect(answer.session?.expiresAt.getTime()).toBeGreaterThan(soon.getTime() + 86_400_000);
    expect(answer.setCookies.join()).toContain("Max-Age=604800");
  });

  it("lives in a cookie that scripts cannot read and that travels over https alone, where that is the address", async () => {
    const { password } = await signUp("cookies@example.com");
    const params = { email: "cookies@example.com", password, client, origin: undefined };
    const [plain = ""] = (await identityAt().signIn(params)).setCookies;
    expect(plain).toMatch(/^driveway\.session_token=/);
    expect(plain).toMatch(/; HttpOnly/);
    expect(plain).toMatch(/; SameSite=Lax/);
    expect(plain).not.toMatch(/; Secure/);
    const secure = identityAt("https://driveway.example.com");
    const { setCookies } = await secure.signIn(params);
    expect(setCookies[0]).toMatch(/^__Host-driveway\.session_token=.*; Secure/);
    expect(await secure.authenticate({ cookie: cookieOf(setCookies) })).not.toBeNull();
  });

  it("is neither begun nor ended by a foreign page", async () => {
    const identity = identityAt();
    const origin = "https://evil.example.net";
    const credentials = { email: "a@example.com", password: "x", client };
    await expect(identity.signIn({ ...credentials, origin })).rejects.toMatchObject({
      code: "origin_not_allowed",
    });
    await expect(identity.signOut({ cookieHeader: undefined, origin })).rejects.toMatchObject({
      code: "origin_not_allowed",
    });
  });
});

describe("signing in", () => {
  it("answers a wrong password and an unknown address alike", async () => {
    await signUp("known@example.com");
    const fault = (email: string) =>
      identityAt()
        .signIn({ email, password: "wrong", client, origin: undefined })
        .then(
          () => null,
          (error: unknown) => error,
        );
    const [wrong, unknown] = [await fault("known@example.com"), await fault("nobody@example.com")];
    expect(wrong).toMatchObject({ code: "invalid_credentials" });
    expect(String(unknown)).toBe(String(wrong));
  });
});

describe("a principal", () => {
  it("is told with their user, workspace and scopes", async () => {
    const { principal } = await signUp("described@example.com");
    const { tenantId, userId } = principal;
    await db.update(tenants).set({ name: "Atelier" }).where(eq(tenants.id, tenantId));
    expect(await identityAt().describePrincipal(principal)).toEqual({
      user: { id: userId, email: "described@example.com", displayName: "described" },
      workspace: { id: tenantId, name: "Atelier" },
      scopes: ["admin"],
    });
    await expect(
      identityAt().describePrincipal({ ...principal, tenantId: "ten_other" }),
    ).rejects.toMatchObject({
      code: "unauthenticated",
    });
  });
});
