import type { Transaction } from "../db/index.ts";
import { type Principal, recordEvent } from "../identity/index.ts";
import type { ConnectionRow } from "./connection.ts";
import type { ConnectionParts } from "./connection-parts.ts";

/** Tells the audit log that an account was disconnected, and whose it was. */
export async function recordRemoval(
  tx: Transaction,
  parts: ConnectionParts,
  row: ConnectionRow,
  actor: Principal | "system",
): Promise<void> {
  await recordEvent(
    { ...parts, db: tx },
    {
      tenantId: row.tenantId,
      action: "connection.removed",
      actor,
      target: { kind: "connection", id: row.id },
      details: { provider: row.provider, owner: row.userId },
    },
  );
}
