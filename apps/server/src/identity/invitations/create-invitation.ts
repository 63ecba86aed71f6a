import { and, eq, isNotNull, lte } from "drizzle-orm";
import { type Database, invitations, type Transaction, users } from "../../db/index.ts";
import { type Clock, DrivewayError, hashSecret, newId, randomSecret } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import { holdUser } from "../members/hold-user.ts";
import type { Role } from "../members/member.ts";
import type { Principal } from "../principal.ts";
import { type Invitation, toInvitation } from "./invitation.ts";

const LIFETIME_MS = 7 * 24 * 60 * 60 * 1000;

/** An invitation with its token, which nothing else ever tells. */
export interface NewInvitation {
  readonly invitation: Invitation;
  readonly token: string;
}

/**
 * Invites an address for seven days. An open invitation of the same address is replaced: its token is worth nothing
 * any more.
 * @throws {DrivewayError} `member_exists` when the address is a member's who signs in here; `unauthenticated` when the
 *   actor was removed since they were authenticated
 */
export async function createInvitation(
  parts: { readonly db: Database; readonly clock: Clock },
  wanted: { readonly actor: Principal; readonly email: string; readonly role: Role },
): Promise<NewInvitation> {
  const { actor, role } = wanted;
  const { tenantId } = actor;
  const token = randomSecret();
  const now = new Date(parts.clock.now());
  const written = {
    id: newId("inv"),
    role,
    tokenSha256: hashSecret(token),
    createdBy: actor.userId,
    createdAt: now,
    expiresAt: new Date(now.getTime() + LIFETIME_MS),
  };
  const email = wanted.email.toLowerCase();
  return parts.db.transaction(async (tx) => {
    await holdUser(tx, actor);
    await refuseMember(tx, { tenantId, email });
    await tx
      .delete(invitations)
      .where(and(eq(invitations.tenantId, tenantId), lte(invitations.expiresAt, now)));
    const [row] = await tx
      .insert(invitations)
      .values({ tenantId, email, ...written })
      .onConflictDoUpdate({ target: [invitations.tenantId, invitations.email], set: written })
      .returning();
    if (row === undefined) throw new Error("the invitation was not written");
    await recordEvent(
      { ...parts, db: tx },
      {
        tenantId,
        action: "invitation.created",
        actor,
        target: { kind: "invitation", id: row.id },
        details: { role },
      },
    );
    return { invitation: toInvitation(row), token };
  });
}

async function refuseMember(
  tx: Transaction,
  address: { readonly tenantId: string; readonly email: string },
): Promise<void> {
  const [member] = await tx
    .select({ id: users.id })
    .from(users)
    .where(
      and(eq(users.tenantId, address.tenantId), eq(users.email, address.email), isNotNull(users.authUserId)),
    )
    .limit(1);
  if (member === undefined) return;
  throw new DrivewayError("member_exists", "This address belongs to a member of the workspace already.");
}
