import { drizzle } from "drizzle-orm/node-postgres";
import type pg from "pg";
import type { Database } from "../db/index.ts";
import * as schema from "../db/schema.ts";

/**
 * A door to the same database without the tenant guard, for what a test itself reads and writes of all tenants. The
 * parts under test get `db`, which has it.
 */
export function lookAnywhere({ pool }: { readonly pool: pg.Pool }): Database {
  return drizzle(pool, { schema, casing: "snake_case" });
}
