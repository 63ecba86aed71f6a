import type { SealedPlace } from "../../platform/index.ts";

/** One column that holds sealed values, and what names a value's place in it. */
export interface SealedColumn {
  readonly table: string;
  /** Ends in `_sealed`. */
  readonly column: string;
  /** The type of `id`, the table's primary key. */
  readonly idType: "uuid" | "text";
  /** Whether the rows belong to a tenant; else the tenant in the value's place is the empty text. */
  readonly hasTenant: boolean;
}

/** Every column that holds sealed values; a test compares this with the tables themselves. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  { table: "connections", column: "access_token_sealed", idType: "uuid", hasTenant: true },
  { table: "connections", column: "refresh_token_sealed", idType: "uuid", hasTenant: true },
  { table: "pending_revocations", column: "token_sealed", idType: "uuid", hasTenant: false },
  { table: "oauth_attempts", column: "verifier_sealed", idType: "text", hasTenant: true },
  { table: "upload_sessions", column: "address_sealed", idType: "text", hasTenant: true },
];

/** The place that a row's value is bound to. */
export function placeIn(
  { table, column }: SealedColumn,
  row: { readonly tenantId: string; readonly id: string },
): SealedPlace {
  return { table, column, tenantId: row.tenantId, rowId: row.id };
}
