import { sql } from "drizzle-orm";
import type { Database } from "../../db/index.ts";
import { ensureAdmin } from "./ensure-admin.ts";
import { ensureApiKey } from "./ensure-api-key.ts";

export interface BootstrapParams {
  readonly adminEmail: string;
  readonly adminPassword: string;
  /** Taken verbatim; at least 32 characters. Null: no key is made. */
  readonly apiKey: string | null;
}

/** What was not there before. */
export interface BootstrapResult {
  readonly adminCreated: boolean;
  readonly apiKeyCreated: boolean;
}

/**
 * Makes sure that the first user, their workspace and, if one is given, their API key exist. What exists is left as it
 * is: an admin keeps their password, and a revoked key stays revoked. Processes that start at once do it one after the other.
 * @throws {BootstrapError} when the key is too short or belongs to somebody else
 */
export async function bootstrap(db: Database, params: BootstrapParams): Promise<BootstrapResult> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('driveway.bootstrap', 0))`);
    const admin = await ensureAdmin(tx, params);
    const apiKeyCreated =
      params.apiKey === null ? false : await ensureApiKey(tx, { secret: params.apiKey, ...admin });
    return { adminCreated: admin.created, apiKeyCreated };
  });
}
