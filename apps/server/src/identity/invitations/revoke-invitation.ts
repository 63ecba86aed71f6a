import { and, eq } from "drizzle-orm";
import { type Database, invitations } from "../../db/index.ts";
import { type Clock, DrivewayError } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { Principal } from "../principal.ts";

/**
 * Takes an invitation back: its token is worth nothing any more.
 * @throws {DrivewayError} `invitation_not_found`, also when it was accepted or replaced before
 */
export async function revokeInvitation(
  parts: { readonly db: Database; readonly clock: Clock },
  wanted: { readonly actor: Principal; readonly id: string },
): Promise<void> {
  const { actor, id } = wanted;
  const { tenantId } = actor;
  await parts.db.transaction(async (tx) => {
    const revoked = await tx
      .delete(invitations)
      .where(and(eq(invitations.tenantId, tenantId), eq(invitations.id, id)))
      .returning({ id: invitations.id });
    if (revoked.length === 0)
      throw new DrivewayError("invitation_not_found", "There is no such open invitation.");
    const target = { kind: "invitation", id } as const;
    await recordEvent({ ...parts, db: tx }, { tenantId, action: "invitation.revoked", actor, target });
  });
}
