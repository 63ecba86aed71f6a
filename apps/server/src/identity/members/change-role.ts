import { and, arrayContains, eq, isNull } from "drizzle-orm";
import { apiKeys, type Database, invitations, type Transaction, users } from "../../db/index.ts";
import type { Clock } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { Principal } from "../principal.ts";
import { getMember } from "./find-members.ts";
import type { Member, Role, UserRef } from "./member.ts";
import { lockRoles, requireOtherAdmin } from "./require-other-admin.ts";

/**
 * Makes a member an admin or an admin a member. Sessions follow at once; keys of a former admin that carry the scope
 * `admin` are revoked and their open invitations taken back, since both would outlive the role.
 * @throws {DrivewayError} `member_not_found`, `last_admin`
 */
export async function changeRole(
  parts: { readonly db: Database; readonly clock: Clock },
  wanted: { readonly actor: Principal; readonly userId: string; readonly role: Role },
): Promise<Member> {
  const { actor, userId, role } = wanted;
  const user = { tenantId: actor.tenantId, userId };
  return parts.db.transaction(async (tx) => {
    await lockRoles(tx, user.tenantId);
    const member = role === "admin" ? await getMember(tx, user) : await requireOtherAdmin(tx, user);
    if (member.role === role) return member;
    await tx
      .update(users)
      .set({ role })
      .where(and(eq(users.tenantId, user.tenantId), eq(users.id, userId)));
    if (role === "member") {
      await revokeAdminKeys(tx, user, new Date(parts.clock.now()));
      await takeBackInvitations(tx, parts, { actor, userId });
    }
    await recordEvent(
      { ...parts, db: tx },
      {
        tenantId: user.tenantId,
        action: "member.role_changed",
        actor,
        target: { kind: "user", id: userId },
        details: { from: member.role, to: role },
      },
    );
    return { ...member, role };
  });
}

async function revokeAdminKeys(tx: Transaction, user: UserRef, now: Date): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ revokedAt: now })
    .where(
      and(
        eq(apiKeys.tenantId, user.tenantId),
        eq(apiKeys.userId, user.userId),
        isNull(apiKeys.revokedAt),
        arrayContains(apiKeys.scopes, ["admin"]),
      ),
    );
}

async function takeBackInvitations(
  tx: Transaction,
  { clock }: { readonly clock: Clock },
  { actor, userId }: { readonly actor: Principal; readonly userId: string },
): Promise<void> {
  const { tenantId } = actor;
  const revoked = await tx
    .delete(invitations)
    .where(and(eq(invitations.tenantId, tenantId), eq(invitations.createdBy, userId)))
    .returning({ id: invitations.id });
  for (const { id } of revoked) {
    const target = { kind: "invitation", id } as const;
    await recordEvent({ db: tx, clock }, { tenantId, action: "invitation.revoked", actor, target });
  }
}
