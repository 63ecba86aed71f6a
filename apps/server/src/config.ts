import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { z } from "zod";
import type { PaceQuotas } from "./drives/index.ts";
import type { JwtSettings, RateQuotas } from "./identity/index.ts";
import { jwtConfig } from "./jwt-config.ts";
import { parseEncryptionKeys } from "./parse-encryption-keys.ts";
import { isLoopback, type SealingKey } from "./platform/index.ts";
import type { TransferLimits } from "./transfers/index.ts";

/** The scopes that identify the account and let Driveway write what it exports. None of them is restricted. */
const BASE_SCOPES = "openid email profile https://www.googleapis.com/auth/drive.file";
const SANDBOX_SCOPES = `${BASE_SCOPES} https://www.googleapis.com/auth/drive.readonly`;
const MIB = 1024 * 1024;

/** Everything that can be configured, read once and checked before anything starts. */
export interface Config {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly roles: ReadonlySet<"api" | "worker">;
  readonly dataDir: string;
  readonly logLevel: string;
  /** Null means the embedded PostgreSQL in `dataDir`. */
  readonly databaseUrl: string | null;
  /** Null means: generated and kept in `dataDir`. */
  readonly encryptionKeys: readonly [SealingKey, ...SealingKey[]] | null;
  /** Null means the sandbox. */
  readonly google: GoogleConfig | null;
  /** What may be spent of Google's quota, at the sandbox too. */
  readonly googleQuotas: PaceQuotas;
  readonly sandboxScopes: readonly string[];
  readonly allowedOrigins: readonly string[];
  readonly oauthRedirectUris: readonly [string, ...string[]];
  readonly trustedProxies: readonly string[];
  readonly bootstrap: {
    readonly adminEmail: string | null;
    readonly adminPassword: string | null;
    readonly apiKey: string | null;
  };
  /** Which tokens of a host application are taken; null means none. */
  readonly jwt: JwtSettings | null;
  readonly limits: TransferLimits;
  /** Threads that move bytes; 0 moves them in the main thread. */
  readonly transferThreads: number;
  /** Whether a reply that opens a picker session may hold the access token. */
  readonly givesPickerTokens: boolean;
  readonly rateQuotas: RateQuotas;
  /** How long the audit log keeps an event; 0 for ever. */
  readonly auditLogDays: number;
  /** How long jobs that have ended are kept; 0 for ever. */
  readonly jobRetentionDays: number;
}

export interface GoogleConfig {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiKey: string;
  readonly appId: string;
  readonly scopes: readonly string[];
  readonly issuer: string;
  readonly apiRoot: string;
}

/** A configuration with faults. The message lists all of them, a line each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
    this.faults = faults;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const count = (fallback: number, least = 1) =>
  z.coerce
    .number({ error: "must be a number" })
    .int("must be a whole number")
    .min(least, `must be ${least} or more`)
    .default(fallback);
const webUrl = z.url({ protocol: /^https?$/, error: "must be an http or https URL" });
const list = (separator: RegExp) =>
  z.string().transform((text) =>
    text
      .split(separator)
      .map((entry) => entry.trim())
      .filter((entry) => entry !== ""),
  );

/** The environment variables, with their defaults. */
export const Variables = z.object({
  NODE_ENV: z.string().default("development"),
  PORT: z.coerce.number({ error: "must be a port" }).int().min(0).max(65535).default(8080),
  HOST: z.string().default("127.0.0.1"),
  PUBLIC_URL: webUrl.optional(),
  ROLES: list(/,/)
    .pipe(z.array(z.enum(["api", "worker"], { error: "knows only api and worker" })).min(1))
    .default(["api", "worker"]),
  DATA_DIR: z.string().default("./.driveway"),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: "must be a postgres:// URL" }).optional(),
  BLOB_STORE: z.literal("disk", { error: "must be disk" }).default("disk"),
  ENCRYPTION_KEYS: z.string().optional(),
  GOOGLE_CLIENT_ID: z.string().optional(),
  GOOGLE_CLIENT_SECRET: z.string().optional(),
  GOOGLE_API_KEY: z.string().default(""),
  GOOGLE_APP_ID: z.string().default(""),
  GOOGLE_SCOPES: list(/\s+/).optional(),
  GOOGLE_ISSUER: webUrl.default("https://accounts.google.com"),
  GOOGLE_API_ROOT: webUrl.default("https://www.googleapis.com"),
  GOOGLE_QUOTA_USER: count(325_000, 0),
  GOOGLE_QUOTA_PROJECT: count(1_000_000, 0),
  ALLOWED_ORIGINS: list(/[\s,]+/).optional(),
  OAUTH_REDIRECT_URIS: list(/[\s,]+/).optional(),
  TRUSTED_PROXIES: list(/[\s,]+/).default([]),
  BOOTSTRAP_ADMIN_EMAIL: z.email({ error: "must be an e-mail address" }).optional(),
  BOOTSTRAP_ADMIN_PASSWORD: z.string().min(12, "must have 12 characters or more").max(128).optional(),
  BOOTSTRAP_API_KEY: z
    .string()
    .min(32, "must have 32 characters or more")
    .regex(/^[^\s.]+$/, "must have no blanks and no dots, which would make it look like a JWT")
    .optional(),
  AUTH_JWT_ISSUER: z.string().max(255, "must have 255 characters or less").optional(),
  AUTH_JWT_AUDIENCE: z.string().optional(),
  AUTH_JWT_TENANT_CLAIM: z.string().optional(),
  AUTH_JWKS_URL: webUrl.optional(),
  AUTH_JWT_SECRET: z.string().optional(),
  PICKER_ACCESS_TOKEN: z.enum(["give", "withhold"], { error: "must be give or withhold" }).default("give"),
  SYNC_MAX_FILES: count(5, 0),
  SYNC_MAX_BYTES: count(32 * MIB, 0),
  SYNC_WAIT: count(20, 0),
  MAX_FILE_BYTES: count(10 * 1024 * MIB),
  MAX_FILES_PER_JOB: count(100_000),
  STORAGE_QUOTA_BYTES: count(0, 0),
  MAX_OPEN_JOBS: count(1000),
  MAX_OPEN_FILES: count(1_000_000),
  TRANSFER_CONCURRENCY: count(64),
  TRANSFER_BYTES_IN_FLIGHT: count(1024 * MIB),
  CONNECTION_CONCURRENCY: count(64),
  TENANT_CONCURRENCY: count(256),
  TRANSFER_IDLE_TIMEOUT: count(20),
  // Left out: as many as there are cores.
  TRANSFER_THREADS: count(0, 0).unwrap().optional(),
  RATE_LIMIT_REQUESTS: count(6000, 0),
  RATE_LIMIT_SIGN_INS: count(30, 0),
  AUDIT_LOG_DAYS: count(365, 0),
  JOB_RETENTION_DAYS: count(90, 0),
});
type Variables = z.infer<typeof Variables>;

/** Settings that may also come from a file named by `NAME_FILE`, as secrets of containers do. */
export const SECRETS = [
  "DATABASE_URL",
  "ENCRYPTION_KEYS",
  "GOOGLE_CLIENT_SECRET",
  "GOOGLE_API_KEY",
  "BOOTSTRAP_ADMIN_PASSWORD",
  "BOOTSTRAP_API_KEY",
  "AUTH_JWT_SECRET",
] as const;

/**
 * Reads the configuration from environment variables, as docs/configuration.md lists them.
 * An empty variable counts as not set.
 * @throws {ConfigError} with every fault at once
 */
export function readConfig(environment: Environment): Config {
  const faults: string[] = [];
  const values = withSecretFiles(environment, faults);
  const parsed = Variables.safeParse(values);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) faults.push(`${issue.path[0]?.toString()}: ${issue.message}`);
    throw new ConfigError(faults);
  }
  const config = assemble(parsed.data, faults);
  if (config.production) refuseTrialSettings(config, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return config;
}

function withSecretFiles(environment: Environment, faults: string[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && value !== "") values[name] = value;
  }
  for (const name of SECRETS) {
    const file = values[`${name}_FILE`];
    if (file === undefined) continue;
    if (values[name] !== undefined) faults.push(`${name}: set together with ${name}_FILE; only one can hold`);
    try {
      values[name] = readFileSync(file, "utf8").trim();
    } catch (cause) {
      faults.push(`${name}_FILE: cannot be read (${(cause as NodeJS.ErrnoException).code ?? "unknown"})`);
    }
  }
  return values;
}

function assemble(values: Variables, faults: string[]): Config {
  const publicUrl = lowerScheme(values.PUBLIC_URL ?? `http://localhost:${values.PORT}`).replace(/\/+$/, "");
  checkPublicUrl(publicUrl, faults);
  const callback = `${publicUrl}/api/v2/cloud-storage/auth/google_drive/callback`;
  const [first = callback, ...others] = values.OAUTH_REDIRECT_URIS ?? [];
  return {
    production: values.NODE_ENV === "production",
    host: values.HOST,
    port: values.PORT,
    publicUrl,
    roles: new Set(values.ROLES),
    dataDir: resolve(values.DATA_DIR),
    logLevel: values.LOG_LEVEL,
    databaseUrl: values.DATABASE_URL ?? null,
    encryptionKeys:
      values.ENCRYPTION_KEYS === undefined ? null : parseEncryptionKeys(values.ENCRYPTION_KEYS, faults),
    google: googleConfig(values, faults),
    googleQuotas: {
      userUnitsPerMinute: values.GOOGLE_QUOTA_USER || null,
      projectUnitsPerMinute: values.GOOGLE_QUOTA_PROJECT || null,
    },
    sandboxScopes: values.GOOGLE_SCOPES ?? SANDBOX_SCOPES.split(" "),
    allowedOrigins: (values.ALLOWED_ORIGINS ?? [new URL(publicUrl).origin]).map((entry) =>
      originOf(entry, faults),
    ),
    oauthRedirectUris: [first, ...others],
    trustedProxies: values.TRUSTED_PROXIES.map((entry) => proxyOf(entry, faults)),
    bootstrap: {
      adminEmail: values.BOOTSTRAP_ADMIN_EMAIL ?? null,
      adminPassword: values.BOOTSTRAP_ADMIN_PASSWORD ?? null,
      apiKey: values.BOOTSTRAP_API_KEY ?? null,
    },
    jwt: jwtConfig(values, faults),
    limits: limitsOf(values),
    transferThreads: values.TRANSFER_THREADS ?? availableParallelism(),
    givesPickerTokens: values.PICKER_ACCESS_TOKEN === "give",
    rateQuotas: { requests: values.RATE_LIMIT_REQUESTS, signIns: values.RATE_LIMIT_SIGN_INS },
    auditLogDays: values.AUDIT_LOG_DAYS,
    jobRetentionDays: values.JOB_RETENTION_DAYS,
  };
}

/** Whether cookies are for https alone is told by the scheme, which may be written in any letters (RFC 3986 section 3.1). */
function lowerScheme(url: string): string {
  return url.replace(/^https?:/i, (scheme) => scheme.toLowerCase());
}

function limitsOf(values: Variables): TransferLimits {
  return {
    syncMaxFiles: values.SYNC_MAX_FILES,
    syncMaxBytes: values.SYNC_MAX_BYTES,
    syncWaitMs: values.SYNC_WAIT * 1000,
    maxFileBytes: values.MAX_FILE_BYTES,
    maxFilesPerJob: values.MAX_FILES_PER_JOB,
    storageQuotaBytes: values.STORAGE_QUOTA_BYTES,
    maxOpenJobs: values.MAX_OPEN_JOBS,
    maxOpenFiles: values.MAX_OPEN_FILES,
    transferConcurrency: values.TRANSFER_CONCURRENCY,
    transferBytesInFlight: values.TRANSFER_BYTES_IN_FLIGHT,
    connectionConcurrency: values.CONNECTION_CONCURRENCY,
    tenantConcurrency: values.TENANT_CONCURRENCY,
    transferIdleTimeoutMs: values.TRANSFER_IDLE_TIMEOUT * 1000,
  };
}

function googleConfig(values: Variables, faults: string[]): GoogleConfig | null {
  if (values.GOOGLE_CLIENT_ID === undefined && values.GOOGLE_CLIENT_SECRET === undefined) return null;
  if (values.GOOGLE_CLIENT_ID === undefined)
    faults.push("GOOGLE_CLIENT_ID: missing, though GOOGLE_CLIENT_SECRET is set");
  if (values.GOOGLE_CLIENT_SECRET === undefined) {
    faults.push("GOOGLE_CLIENT_SECRET: missing, though GOOGLE_CLIENT_ID is set");
  }
  for (const name of ["GOOGLE_ISSUER", "GOOGLE_API_ROOT"] as const) {
    const url = new URL(values[name]);
    if (url.protocol === "http:" && !isLoopback(url)) {
      faults.push(`${name}: plain http is for loopback addresses only`);
    }
  }
  return {
    clientId: values.GOOGLE_CLIENT_ID ?? "",
    clientSecret: values.GOOGLE_CLIENT_SECRET ?? "",
    apiKey: values.GOOGLE_API_KEY,
    appId: values.GOOGLE_APP_ID,
    scopes: values.GOOGLE_SCOPES ?? BASE_SCOPES.split(" "),
    issuer: values.GOOGLE_ISSUER.replace(/\/+$/, ""),
    apiRoot: values.GOOGLE_API_ROOT.replace(/\/+$/, ""),
  };
}

function originOf(entry: string, faults: string[]): string {
  if (!URL.canParse(entry) || new URL(entry).origin !== entry.replace(/\/$/, "")) {
    faults.push(`ALLOWED_ORIGINS: "${entry}" is not an origin like https://app.example.com`);
    return entry;
  }
  return new URL(entry).origin;
}

/** Every other address is made by putting something behind it. */
function checkPublicUrl(publicUrl: string, faults: string[]): void {
  const { username, password } = new URL(publicUrl);
  if (/[?#]/.test(publicUrl) || username !== "" || password !== "") {
    faults.push("PUBLIC_URL: must have no query, no fragment and no user name");
  }
}

/** An address, a range of addresses, or a name for ranges that are known to everybody. */
function proxyOf(entry: string, faults: string[]): string {
  if (["loopback", "linklocal", "uniquelocal"].includes(entry)) return entry;
  const [address = "", prefix, more] = entry.split("/");
  const version = isIP(address);
  const isRange =
    prefix !== undefined && /^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128);
  if (version === 0 || more !== undefined || (prefix !== undefined && !isRange)) {
    faults.push(
      `TRUSTED_PROXIES: "${entry}" is no address, no range like 10.0.0.0/8, and none of loopback, linklocal, uniquelocal`,
    );
  } else if (prefix !== undefined && Number(prefix) === 0) {
    faults.push(`TRUSTED_PROXIES: "${entry}" would believe everybody who asks`);
  }
  return entry;
}

function refuseTrialSettings(config: Config, faults: string[]): void {
  if (config.encryptionKeys === null) faults.push("ENCRYPTION_KEYS: required in production");
  if (config.google === null)
    faults.push("GOOGLE_CLIENT_ID: required in production, where the sandbox does not start");
  const { adminEmail, adminPassword } = config.bootstrap;
  if (adminEmail !== null && adminPassword === null) {
    faults.push(
      "BOOTSTRAP_ADMIN_PASSWORD: required in production when BOOTSTRAP_ADMIN_EMAIL is set; none is made up there",
    );
  }
  const publicUrl = new URL(config.publicUrl);
  if (publicUrl.protocol === "http:" && !isLoopback(publicUrl)) {
    faults.push("PUBLIC_URL: must be https in production");
  }
}
