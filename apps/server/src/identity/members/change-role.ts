import { and, eq } from "drizzle-orm";
import { type Database, invitations, type Transaction, users } from "../../db/index.ts";
import type { Clock } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import type { Principal } from "../principal.ts";
import { getMember } from "./find-members.ts";
import type { Member, Role } from "./member.ts";
import { lockRoles, requireOtherAdmin } from "./require-other-admin.ts";

/**
 * Makes a member an admin or an admin a member. Their sessions and keys follow with the next request, since neither
 * allows more than the role. The open invitations of a former admin are taken back: they would outlive the role.
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
    if (role === "member") await takeBackInvitations(tx, parts, { actor, userId });
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
