import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const NAMES = { AUTH_JWT_ISSUER: "https://host.example.com", AUTH_JWT_AUDIENCE: "driveway" };
const AUTH_JWKS_URL = "https://host.example.com/keys";
const AUTH_JWT_SECRET = "a secret of thirty-two bytes: ok";

function faultsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return [...error.faults];
    throw error;
  }
  return [];
}

/** The variables that have faults. */
const named = (environment: Record<string, string>) =>
  faultsOf(environment).map((fault) => fault.split(":")[0]);

describe("the tokens of a host application", () => {
  it("are taken by nobody who does not ask for it", () => {
    expect(readConfig({}).jwt).toBeNull();
  });

  it("are checked by a key set", () => {
    expect(readConfig({ ...NAMES, AUTH_JWKS_URL }).jwt).toEqual({
      issuer: "https://host.example.com",
      audience: "driveway",
      tenantClaim: "tenant_id",
      keys: { kind: "jwks", url: AUTH_JWKS_URL },
    });
  });

  it("are checked by a secret, whose bytes are those of its text", () => {
    expect(readConfig({ ...NAMES, AUTH_JWT_SECRET, AUTH_JWT_TENANT_CLAIM: "org" }).jwt).toMatchObject({
      tenantClaim: "org",
      keys: { kind: "secret", secret: Buffer.from(AUTH_JWT_SECRET, "utf8") },
    });
    expect(faultsOf({ ...NAMES, AUTH_JWT_SECRET: "ü".repeat(16) })).toEqual([]);
  });

  it("have a secret that may come from a file", async () => {
    const directory = await mkdtemp(join(tmpdir(), "driveway-config-"));
    onTestFinished(() => rm(directory, { recursive: true }));
    const path = join(directory, "secret");
    await writeFile(path, `${AUTH_JWT_SECRET}\n`);
    const config = readConfig({ ...NAMES, AUTH_JWT_SECRET_FILE: path });
    expect(config.jwt?.keys).toEqual({ kind: "secret", secret: Buffer.from(AUTH_JWT_SECRET) });
  });
});

describe("what is incomplete or contradicts itself is refused", () => {
  it.each([
    ["no issuer", { AUTH_JWT_AUDIENCE: "driveway", AUTH_JWKS_URL }, ["AUTH_JWT_ISSUER"]],
    ["no audience", { AUTH_JWT_ISSUER: "host", AUTH_JWKS_URL }, ["AUTH_JWT_AUDIENCE"]],
    ["no key", NAMES, ["AUTH_JWKS_URL"]],
    ["two kinds of key", { ...NAMES, AUTH_JWKS_URL, AUTH_JWT_SECRET }, ["AUTH_JWKS_URL"]],
    ["a short secret", { ...NAMES, AUTH_JWT_SECRET: "x".repeat(31) }, ["AUTH_JWT_SECRET"]],
    ["plain http", { ...NAMES, AUTH_JWKS_URL: "http://host.example.com/keys" }, ["AUTH_JWKS_URL"]],
    ["another scheme", { ...NAMES, AUTH_JWKS_URL: "file:///keys" }, ["AUTH_JWKS_URL"]],
    ["a password", { ...NAMES, AUTH_JWKS_URL: "https://a:b@host.example.com/" }, ["AUTH_JWKS_URL"]],
    [
      "the user's claim for the tenant",
      { ...NAMES, AUTH_JWKS_URL, AUTH_JWT_TENANT_CLAIM: "sub" },
      ["AUTH_JWT_TENANT_CLAIM"],
    ],
    [
      "an issuer that fits no index",
      { ...NAMES, AUTH_JWKS_URL, AUTH_JWT_ISSUER: "i".repeat(256) },
      ["AUTH_JWT_ISSUER"],
    ],
  ])("%s", (_name, environment, variables) => {
    expect(named(environment)).toEqual(variables);
  });

  it("with all faults at once, and never with the secret's text", () => {
    const faults = faultsOf({ AUTH_JWT_TENANT_CLAIM: "iss", AUTH_JWT_SECRET: "short-secret" });
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "AUTH_JWT_ISSUER",
      "AUTH_JWT_AUDIENCE",
      "AUTH_JWT_SECRET",
      "AUTH_JWT_TENANT_CLAIM",
    ]);
    expect(faults.join()).not.toContain("short-secret");
  });

  it("but plain http on this machine is no fault", () => {
    for (const address of ["http://localhost:9/keys", "http://127.0.0.1:9/keys", "http://[::1]:9/keys"]) {
      expect(faultsOf({ ...NAMES, AUTH_JWKS_URL: address })).toEqual([]);
    }
  });
});
