import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  customType,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from "drizzle-orm/pg-core";

/*
 * The tables of db/migrations as Drizzle sees them, for typed queries. The SQL files are the truth; a test compares
 * the two. Column names are the snake_case of the keys.
 */

const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => "bytea" });
const moment = () => timestamp({ withTimezone: true, mode: "date" });
const createdAt = () => moment().notNull().defaultNow();
const textList = () => text().array().notNull();

export const tenants = pgTable("tenants", {
  id: text().primaryKey(),
  name: text().notNull(),
  /** Of the host application that the tenant comes from, and its name there; both null when it is our own. */
  issuer: text(),
  externalId: text(),
  deletionRequestedAt: moment(),
  createdAt: createdAt(),
});

export const authUsers = pgTable("auth_users", {
  id: text().primaryKey(),
  name: text().notNull(),
  email: text().notNull(),
  emailVerified: boolean().notNull().default(false),
  image: text(),
  createdAt: createdAt(),
  updatedAt: createdAt(),
});

export const authSessions = pgTable("auth_sessions", {
  id: text().primaryKey(),
  userId: text().notNull(),
  /** SHA-256 in hex. */
  token: text().notNull(),
  expiresAt: moment().notNull(),
  ipAddress: text(),
  userAgent: text(),
  createdAt: createdAt(),
  updatedAt: createdAt(),
});

export const authAccounts = pgTable("auth_accounts", {
  id: text().primaryKey(),
  userId: text().notNull(),
  accountId: text().notNull(),
  providerId: text().notNull(),
  accessToken: text(),
  refreshToken: text(),
  idToken: text(),
  accessTokenExpiresAt: moment(),
  refreshTokenExpiresAt: moment(),
  scope: text(),
  password: text(),
  createdAt: createdAt(),
  updatedAt: createdAt(),
});

export const authVerifications = pgTable("auth_verifications", {
  id: text().primaryKey(),
  identifier: text().notNull(),
  value: text().notNull(),
  expiresAt: moment().notNull(),
  createdAt: createdAt(),
  updatedAt: createdAt(),
});

export const users = pgTable("users", {
  id: text().primaryKey(),
  tenantId: text().notNull(),
  authUserId: text(),
  /** The user's name in the host application that the tenant comes from. */
  externalId: text(),
  email: text(),
  displayName: text().notNull(),
  role: text({ enum: ["admin", "member"] }).notNull(),
  createdAt: createdAt(),
});

export const apiKeys = pgTable("api_keys", {
  id: text().primaryKey(),
  tenantId: text().notNull(),
  userId: text().notNull(),
  name: text().notNull(),
  prefix: text().notNull(),
  secretSha256: bytea().notNull(),
  scopes: textList(),
  expiresAt: moment(),
  lastUsedAt: moment(),
  revokedAt: moment(),
  createdAt: createdAt(),
});

export const invitations = pgTable("invitations", {
  id: text().primaryKey(),
  tenantId: text().notNull(),
  email: text().notNull(),
  role: text({ enum: ["admin", "member"] }).notNull(),
  tokenSha256: bytea().notNull(),
  createdBy: text().notNull(),
  createdAt: createdAt(),
  expiresAt: moment().notNull(),
});

export const auditEvents = pgTable("audit_events", {
  id: text().primaryKey(),
  tenantId: text().notNull(),
  action: text().notNull(),
  actorKind: text({ enum: ["session", "api_key", "jwt", "nobody", "system"] }).notNull(),
  actorUserId: text(),
  targetKind: text(),
  targetId: text(),
  address: text(),
  requestId: text(),
  details: jsonb().notNull().default({}),
  createdAt: createdAt(),
});

export const rateLimitCounts = pgTable(
  "rate_limit_counts",
  { windowNumber: integer().notNull(), key: bytea().notNull(), count: integer().notNull() },
  (table) => [primaryKey({ columns: [table.windowNumber, table.key] })],
);

export const paceWindows = pgTable("pace_windows", {
  /** Hash of an account at a provider, or of an OAuth client. */
  key: text().primaryKey(),
  state: jsonb().notNull(),
  updatedAt: moment().notNull(),
});

export const paceUploadLimits = pgTable("pace_upload_limits", {
  key: text().primaryKey(),
  since: moment().notNull(),
  nextProbe: moment().notNull(),
});

export const oauthAttempts = pgTable("oauth_attempts", {
  id: text().primaryKey(),
  tenantId: text().notNull(),
  userId: text().notNull(),
  provider: text().notNull(),
  stateSha256: bytea().notNull(),
  verifierSealed: text(),
  browserSha256: bytea(),
  secretSha256: bytea(),
  redirectUri: text().notNull(),
  returnOrigin: text(),
  returnUrl: text(),
  principalKind: text({ enum: ["session", "api_key", "jwt"] }).notNull(),
  oauthClientId: text().notNull(),
  createdAt: createdAt(),
  expiresAt: moment().notNull(),
  consumedAt: moment(),
  outcome: jsonb(),
});

export const spentCodes = pgTable(
  "spent_codes",
  { provider: text().notNull(), codeSha256: bytea().notNull(), spentAt: createdAt() },
  (table) => [primaryKey({ columns: [table.provider, table.codeSha256] })],
);

export const connections = pgTable("connections", {
  id: uuid().primaryKey(),
  tenantId: text().notNull(),
  userId: text().notNull(),
  provider: text().notNull(),
  providerUserId: text().notNull(),
  providerEmail: text().notNull(),
  providerDisplayName: text().notNull(),
  oauthClientId: text().notNull(),
  status: text({ enum: ["active", "needs_reauth"] }).notNull(),
  needsReauthReason: text(),
  grantedScopes: textList(),
  accessTokenSealed: text().notNull(),
  accessTokenExpiresAt: moment().notNull(),
  refreshTokenSealed: text(),
  refreshTokenExpiresAt: moment(),
  tokenVersion: integer().notNull().default(1),
  refreshingUntil: moment(),
  createdAt: createdAt(),
  updatedAt: createdAt(),
  lastUsedAt: moment(),
});

export const providerAccounts = pgTable(
  "provider_accounts",
  { oauthClientId: text().notNull(), provider: text().notNull(), providerUserId: text().notNull() },
  (table) => [primaryKey({ columns: [table.oauthClientId, table.provider, table.providerUserId] })],
);

export const pendingRevocations = pgTable("pending_revocations", {
  id: uuid().primaryKey(),
  provider: text().notNull(),
  oauthClientId: text().notNull(),
  providerUserId: text().notNull(),
  tokenSealed: text().notNull(),
  askingUntil: moment(),
  createdAt: createdAt(),
});

export const pickerSessions = pgTable("picker_sessions", {
  sessionSha256: bytea().primaryKey(),
  tenantId: text().notNull(),
  userId: text().notNull(),
  connectionId: uuid().notNull(),
  expiresAt: moment().notNull(),
  createdAt: createdAt(),
});

export const collections = pgTable("collections", {
  id: text().primaryKey(),
  tenantId: text().notNull(),
  name: text().notNull(),
  createdBy: text().notNull(),
  createdAt: createdAt(),
});

export const images = pgTable("images", {
  id: text().primaryKey(),
  tenantId: text().notNull(),
  createdBy: text().notNull(),
  filename: text().notNull(),
  title: text(),
  description: text(),
  descriptionStatus: text({ enum: ["pending", "processing", "completed", "failed", "skipped"] }).notNull(),
  mediaType: text().notNull(),
  format: text().notNull(),
  sizeBytes: bigint({ mode: "number" }).notNull(),
  width: integer(),
  height: integer(),
  sha256: bytea().notNull(),
  md5: bytea(),
  tags: textList().default(sql`'{}'`),
  collectionId: text(),
  blobKey: text().notNull(),
  sourceProvider: text(),
  sourceConnectionId: uuid(),
  sourceFileId: text(),
  sourceRevision: text(),
  takenAt: moment(),
  createdAt: createdAt(),
});

export const transferJobs = pgTable("transfer_jobs", {
  id: text().primaryKey(),
  tenantId: text().notNull(),
  userId: text().notNull(),
  type: text({ enum: ["import", "export"] }).notNull(),
  connectionId: uuid().notNull(),
  provider: text().notNull(),
  status: text({
    enum: ["pending", "processing", "completed", "completed_with_errors", "failed", "cancelled"],
  }).notNull(),
  options: jsonb().notNull(),
  targetFolderId: text(),
  targetFolderReady: boolean().notNull().default(false),
  pendingItems: integer().notNull(),
  runningItems: integer().notNull().default(0),
  doneItems: integer().notNull().default(0),
  skippedItems: integer().notNull().default(0),
  failedItems: integer().notNull().default(0),
  cancelledItems: integer().notNull().default(0),
  bytesDone: bigint({ mode: "number" }).notNull().default(0),
  /** Sizes of all items as far as they are known. */
  bytesTotal: bigint({ mode: "number" }).notNull().default(0),
  /** Folders that are still being listed. */
  openFolders: integer().notNull().default(0),
  /** Whether the grant sees everything in the folders that were asked for; null when no folder was. */
  visibility: text({ enum: ["full", "partial"] }),
  /** Files in those folders that are no pictures. */
  ignoredFiles: integer().notNull().default(0),
  /** When the first chunk of this run was begun, and where the counters stood before it. */
  startedAt: moment(),
  bytesBefore: bigint({ mode: "number" }).notNull().default(0),
  itemsBefore: integer().notNull().default(0),
  /** Set while nothing of the job can move. */
  pausedUntil: moment(),
  pauseCode: text(),
  /** How often its failed items have been run, from 1. */
  attempt: integer().notNull().default(1),
  errorCode: text(),
  errorMessage: text(),
  createdAt: createdAt(),
  updatedAt: createdAt(),
  completedAt: moment(),
});

export const transferChunks = pgTable(
  "transfer_chunks",
  {
    jobId: text().notNull(),
    number: integer().notNull(),
    tenantId: text().notNull(),
    connectionId: uuid().notNull(),
    state: text({ enum: ["waiting", "released", "settled"] }).notNull(),
    fencingToken: integer().notNull().default(0),
    /** Whether the metadata of its items has been read; and who is just reading it, as a lease. */
    described: boolean().notNull().default(false),
    describingUntil: moment(),
    /** Bytes of items that are under way. */
    movingBytes: bigint({ mode: "number" }).notNull().default(0),
    /** When it last got a message. */
    releasedAt: moment(),
    /** A chunk that was put back gets no message before. */
    notBefore: moment(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.number] })],
);

/** One row a worker process, outside all tenants. */
export const workers = pgTable("workers", {
  id: text().primaryKey(),
  version: text().notNull(),
  seenAt: moment().notNull(),
});

export const transferItems = pgTable(
  "transfer_items",
  {
    jobId: text().notNull(),
    position: integer().notNull(),
    tenantId: text().notNull(),
    chunkNumber: integer().notNull(),
    state: text({ enum: ["pending", "running", "done", "skipped", "failed", "cancelled"] }).notNull(),
    providerFileId: text(),
    imageId: text().notNull(),
    name: text().notNull(),
    bytesDone: bigint({ mode: "number" }).notNull().default(0),
    errorCode: text(),
    errorMessage: text(),
    finishedAt: moment(),
    /** What the provider said of the file, read once ahead of its bytes. */
    facts: jsonb(),
    sizeBytes: bigint({ mode: "number" }),
    resourceKey: text(),
    /** Of the bytes as they arrived or were sent. */
    sha256: bytea(),
    blobKey: text(),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.position] })],
);

export const transferFolders = pgTable(
  "transfer_folders",
  {
    jobId: text().notNull(),
    folderId: text().notNull(),
    tenantId: text().notNull(),
    name: text().notNull(),
    resourceKey: text(),
    state: text({ enum: ["open", "listed"] }).notNull(),
    pageToken: text(),
    filesFound: integer().notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.jobId, table.folderId] })],
);

export const uploadSessions = pgTable("upload_sessions", {
  /** The item's: `job_id:position`. */
  id: text().primaryKey(),
  tenantId: text().notNull(),
  jobId: text().notNull(),
  addressSealed: text().notNull(),
  /** Bytes that the provider has confirmed. */
  confirmedBytes: bigint({ mode: "number" }).notNull().default(0),
  createdAt: createdAt(),
});

export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    tenantId: text().notNull(),
    userId: text().notNull(),
    /** The operationId. */
    operation: text().notNull(),
    key: text().notNull(),
    requestSha256: bytea().notNull(),
    jobId: text().notNull(),
    /** As it was answered first; null when it was not, or not yet. */
    reply: text(),
    /** While the first request waits for the job's end. */
    waitingUntil: moment(),
    createdAt: createdAt(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.userId, table.operation, table.key] })],
);

export const tenantUsage = pgTable("tenant_usage", {
  tenantId: text().primaryKey(),
  storedBytes: bigint({ mode: "number" }).notNull().default(0),
});

export const sweeps = pgTable("sweeps", { name: text().primaryKey(), beganAt: moment().notNull() });
