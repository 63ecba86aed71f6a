import { and, eq, isNotNull } from "drizzle-orm";
import { type Database, tenants, type Transaction } from "../../db/index.ts";
import { type Clock, DrivewayError } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { Principal } from "../principal.ts";

/**
 * Marks the actor's workspace as to be deleted: from the commit on, no credential of it is accepted. Whoever asks says
 * its name, so that it is not another one than they think.
 * @throws {DrivewayError} `confirmation_mismatch`
 */
export async function markDeletion(
  tx: Transaction,
  parts: { readonly clock: Clock },
  wanted: { readonly actor: Principal; readonly confirm: string },
): Promise<void> {
  const { actor, confirm } = wanted;
  const { tenantId } = actor;
  const [workspace] = await tx
    .select({ name: tenants.name })
    .from(tenants)
    .where(eq(tenants.id, tenantId))
    .for("no key update");
  if (workspace?.name !== confirm) {
    throw new DrivewayError("confirmation_mismatch", "`confirm` is not the name of this workspace.");
  }
  await tx
    .update(tenants)
    .set({ deletionRequestedAt: new Date(parts.clock.now()) })
    .where(eq(tenants.id, tenantId));
  const target = { kind: "workspace", id: tenantId } as const;
  await recordEvent(
    { ...parts, db: tx },
    { tenantId, action: "workspace.deletion_requested", actor, target },
  );
}

/** Whether a workspace is there and to be deleted. */
export async function isToBeDeleted(db: Database, tenantId: string): Promise<boolean> {
  const rows = await db
    .select({ id: tenants.id })
    .from(tenants)
    .where(and(eq(tenants.id, tenantId), isNotNull(tenants.deletionRequestedAt)));
  return rows.length > 0;
}
