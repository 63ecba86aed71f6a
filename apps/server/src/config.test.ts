import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const key = randomBytes(32).toString("base64");
const otherKey = randomBytes(32).toString("base64");

function faultsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe("readConfig", () => {
  it("needs nothing to be set for a trial", () => {
    const config = readConfig({});
    expect(config.publicUrl).toBe("http://localhost:8080");
    expect(config.google).toBeNull();
    expect(config.databaseUrl).toBeNull();
    expect([...config.roles]).toEqual(["api", "worker"]);
    expect(config.allowedOrigins).toEqual(["http://localhost:8080"]);
    expect(config.oauthRedirectUris).toEqual([
      "http://localhost:8080/api/v2/cloud-storage/auth/google_drive/callback",
    ]);
  });

  it("spends what Google allows, and counts nothing where the quota is 0", () => {
    expect(readConfig({}).googleQuotas).toEqual({
      userUnitsPerMinute: 325_000,
      projectUnitsPerMinute: 1_000_000,
    });
    expect(readConfig({ GOOGLE_QUOTA_USER: "0", GOOGLE_QUOTA_PROJECT: "12000" }).googleQuotas).toEqual({
      userUnitsPerMinute: null,
      projectUnitsPerMinute: 12_000,
    });
  });

  it("says of a number that is too small what is the least", () => {
    expect(faultsOf({ MAX_OPEN_JOBS: "0" })).toEqual(["MAX_OPEN_JOBS: must be 1 or more"]);
  });

  it("treats an empty variable as one that is not set", () => {
    expect(readConfig({ PORT: "", GOOGLE_CLIENT_ID: "" }).port).toBe(8080);
  });

  it("knows https in capital letters, so that cookies are for it alone", () => {
    expect(readConfig({ PUBLIC_URL: "HTTPS://Drives.example.com/" }).publicUrl).toBe(
      "https://Drives.example.com",
    );
  });

  it("lists every fault at once, each with the variable's name", () => {
    const faults = faultsOf({
      PORT: "eighty",
      ROLES: "api,cook",
      DATABASE_URL: "mysql://localhost/db",
      BOOTSTRAP_ADMIN_EMAIL: "nobody",
      BOOTSTRAP_API_KEY: "short",
      BLOB_STORE: "tape",
      SYNC_MAX_FILES: "-1",
    });
    for (const name of [
      "PORT",
      "ROLES",
      "DATABASE_URL",
      "BOOTSTRAP_ADMIN_EMAIL",
      "BOOTSTRAP_API_KEY",
      "BLOB_STORE",
      "SYNC_MAX_FILES",
    ]) {
      expect(faults.some((fault) => fault.startsWith(`${name}: `))).toBe(true);
    }
  });

  it("wants both halves of a Google client", () => {
    expect(faultsOf({ GOOGLE_CLIENT_ID: "id" })).toEqual([
      "GOOGLE_CLIENT_SECRET: missing, though GOOGLE_CLIENT_ID is set",
    ]);
  });

  it("lets plain http addresses of Google be loopback only", () => {
    const client = { GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" };
    expect(
      faultsOf({ ...client, GOOGLE_ISSUER: "http://127.0.0.1:9", GOOGLE_API_ROOT: "http://[::1]:9" }),
    ).toEqual([]);
    expect(faultsOf({ ...client, GOOGLE_ISSUER: "http://127.0.0.1.example.com" })).toEqual([
      "GOOGLE_ISSUER: plain http is for loopback addresses only",
    ]);
  });

  it("takes a secret from the file that NAME_FILE names, but not from both", async () => {
    const directory = await mkdtemp(join(tmpdir(), "driveway-config-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, "secret");
    await writeFile(path, "a-key-of-more-than-thirty-two-characters\n");
    expect(readConfig({ BOOTSTRAP_API_KEY_FILE: path }).bootstrap.apiKey).toBe(
      "a-key-of-more-than-thirty-two-characters",
    );
    expect(faultsOf({ BOOTSTRAP_API_KEY_FILE: path, BOOTSTRAP_API_KEY: "x".repeat(32) })).toHaveLength(1);
    expect(faultsOf({ BOOTSTRAP_API_KEY_FILE: `${path}.missing` })[0]).toContain(
      "BOOTSTRAP_API_KEY_FILE: cannot be read",
    );
  });

  it("reads several sealing keys, and never repeats a bad key's text", () => {
    const keys = readConfig({ ENCRYPTION_KEYS: `new:${key},old:${otherKey}` }).encryptionKeys;
    expect(keys?.map(({ id }) => id)).toEqual(["new", "old"]);
    const [fault = ""] = faultsOf({ ENCRYPTION_KEYS: "k1:c2hvcnQ" });
    expect(fault).toBe('ENCRYPTION_KEYS: key "k1" is not 32 bytes of base64');
    expect(faultsOf({ ENCRYPTION_KEYS: key }).join()).not.toContain(key);
    expect(faultsOf({ ENCRYPTION_KEYS: `a:${key},a:${otherKey}` })).toHaveLength(1);
  });

  it("refuses one key under two ids, a key that is no secret, and ids without bounds", () => {
    const faults = (text: string) => faultsOf({ ENCRYPTION_KEYS: text });
    expect(faults(`new:${key},old:${key}`)).toEqual(['ENCRYPTION_KEYS: "new" and "old" are the same key']);
    const zeros = Buffer.alloc(32).toString("base64");
    expect(faults(`k1:${zeros}`).join()).toContain("one byte again and again");
    expect(faults(`k1:${Buffer.alloc(32, 65).toString("base64")}`)).toHaveLength(1);
    expect(faults(`${"k".repeat(33)}:${key}`).join()).toContain("1 to 32");
    expect(faults(`${"k".repeat(32)}:${key}`)).toEqual([]);
    expect(faults(`a.b:${key}`)).toHaveLength(1);
  });

  it("refuses in production what is only good for a trial", () => {
    const faults = faultsOf({ NODE_ENV: "production", PUBLIC_URL: "http://app.example.com" });
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "ENCRYPTION_KEYS",
      "GOOGLE_CLIENT_ID",
      "PUBLIC_URL",
    ]);
    expect(
      faultsOf({
        NODE_ENV: "production",
        PUBLIC_URL: "https://app.example.com",
        ENCRYPTION_KEYS: `k:${key}`,
        GOOGLE_CLIENT_ID: "id",
        GOOGLE_CLIENT_SECRET: "secret",
      }),
    ).toEqual([]);
  });

  it("limits requests and sign-ins, and keeps the audit log a year, unless told otherwise", () => {
    const { rateQuotas, auditLogDays } = readConfig({});
    expect([rateQuotas, auditLogDays]).toEqual([{ requests: 6000, signIns: 30 }, 365]);
    const none = readConfig({ RATE_LIMIT_REQUESTS: "0", RATE_LIMIT_SIGN_INS: "0", AUDIT_LOG_DAYS: "0" });
    expect([none.rateQuotas, none.auditLogDays]).toEqual([{ requests: 0, signIns: 0 }, 0]);
    const faults = faultsOf({
      RATE_LIMIT_REQUESTS: "-1",
      RATE_LIMIT_SIGN_INS: "many",
      AUDIT_LOG_DAYS: "1.5",
    });
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "RATE_LIMIT_REQUESTS",
      "RATE_LIMIT_SIGN_INS",
      "AUDIT_LOG_DAYS",
    ]);
  });

  it("takes as a trusted proxy an address, a range, or a known name", () => {
    const entries = [
      "127.0.0.1",
      "10.0.0.0/8",
      "2001:db8::/32",
      "::1",
      "loopback",
      "linklocal",
      "uniquelocal",
    ];
    expect(readConfig({ TRUSTED_PROXIES: entries.join(", ") }).trustedProxies).toEqual(entries);
  });

  it.each([
    "nginx",
    "10.0.0",
    "10.0.0.0/33",
    "10.0.0.0/8/8",
    "10.0.0.0/",
    "2001:db8::/129",
    "true",
    "*",
    "1",
    "10.0.0.0/x",
  ])("refuses %s as a trusted proxy", (entry) => {
    expect(faultsOf({ TRUSTED_PROXIES: `loopback ${entry}` })).toEqual([
      `TRUSTED_PROXIES: "${entry}" is no address, no range like 10.0.0.0/8, and none of loopback, linklocal, uniquelocal`,
    ]);
  });

  it.each(["0.0.0.0/0", "::/0"])("does not trust everybody, as %s would", (entry) => {
    expect(faultsOf({ TRUSTED_PROXIES: entry })).toEqual([
      `TRUSTED_PROXIES: "${entry}" would believe everybody who asks`,
    ]);
  });

  it.each([
    "https://a.example/?x=1",
    "https://a.example/#f",
    "https://me@a.example",
    "https://me:it@a.example",
  ])("refuses %s as the public address, behind which nothing can be put", (PUBLIC_URL) => {
    expect(faultsOf({ PUBLIC_URL })).toContain(
      "PUBLIC_URL: must have no query, no fragment and no user name",
    );
  });

  it("refuses an origin that is more or less than an origin", () => {
    expect(faultsOf({ ALLOWED_ORIGINS: "https://app.example.com/path" })).toHaveLength(1);
    expect(faultsOf({ ALLOWED_ORIGINS: "https://a.example.com, https://b.example.com:8443" })).toEqual([]);
    expect(faultsOf({ ALLOWED_ORIGINS: "*" })).toHaveLength(1);
  });
});
