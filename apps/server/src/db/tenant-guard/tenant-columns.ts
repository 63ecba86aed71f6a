import { getTableColumns, getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import type { TenantColumns } from "./sources.ts";

/** Every table of a schema that has a tenant, and the tenants themselves, each with the column that names the tenant. */
export function tenantColumnsOf(schema: Readonly<Record<string, unknown>>): TenantColumns {
  const tables = Object.values(schema).filter((entry) => is(entry, PgTable));
  return new Map(
    tables.flatMap((table): [string, string][] => {
      const name = getTableName(table);
      if (name === "tenants") return [[name, "id"]];
      return "tenantId" in getTableColumns(table) ? [[name, "tenant_id"]] : [];
    }),
  );
}
