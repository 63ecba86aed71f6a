import { hashPassword } from "better-auth/crypto";
import { and, eq, gt, isNull } from "drizzle-orm";
import {
  acrossTenants,
  type Database,
  invitations,
  tenants,
  type Transaction,
  users,
} from "../../db/index.ts";
import { type Clock, DrivewayError, hashSecret, newId } from "../../platform/index.ts";
import { recordEvent } from "../audit/record-event.ts";
import { type Member, toMember } from "../members/member.ts";
import type { Principal } from "../principal.ts";
import { insertAccount } from "../sign-in/insert-account.ts";

/** Who accepts, as they name themselves. */
export interface Acceptance {
  readonly token: string;
  readonly displayName: string;
  /** 12 to 128 characters. */
  readonly password: string;
  /** The request that it came with, for the audit log. */
  readonly client: NonNullable<Principal["client"]>;
}

/** The member that somebody became, and where. */
export interface JoinedMember {
  readonly member: Member;
  readonly workspace: { readonly id: string; readonly name: string };
}

type Parts = { readonly db: Database; readonly clock: Clock };

/**
 * Takes an invitation and makes its console account and member, in one transaction. The statement that takes it names
 * token and time, so that of many who come with the same token one joins. What it was that made a token worthless is
 * not told.
 * @throws {DrivewayError} `invitation_invalid`; `account_exists`, which leaves the invitation open
 */
export async function acceptInvitation(parts: Parts, acceptance: Acceptance): Promise<JoinedMember> {
  const open = openInvitation(parts, acceptance.token);
  // Only who holds a good token may cost us the work of a password's hash.
  const [known] = await parts.db.select({ tenantId: invitations.tenantId }).from(invitations).where(open);
  if (known === undefined) throw invitationInvalid();
  const passwordHash = await hashPassword(acceptance.password);
  return parts.db.transaction(async (tx) => {
    // In the order of those who demote or remove the admin who invited: roles first, then invitations.
    const workspace = await lockWorkspace(tx, known.tenantId);
    if (workspace === null) throw invitationInvalid();
    const [invitation] = await tx.delete(invitations).where(open).returning();
    if (invitation === undefined) throw invitationInvalid();
    const member = await insertMember(tx, { ...acceptance, passwordHash, invitation });
    const { role } = invitation;
    await recordEvent(
      { ...parts, db: tx },
      {
        tenantId: invitation.tenantId,
        action: "member.joined",
        actor: "nobody",
        client: acceptance.client,
        target: { kind: "user", id: member.id },
        details: { role, invitation: invitation.id, invited_by: invitation.createdBy },
      },
    );
    return { member, workspace };
  });
}

function openInvitation(parts: Parts, token: string) {
  return and(
    acrossTenants("invitationByToken"),
    eq(invitations.tokenSha256, hashSecret(token)),
    gt(invitations.expiresAt, new Date(parts.clock.now())),
  );
}

/** Nobody joins a workspace that is being deleted; its deletion, once asked for, waits for who is joining. */
async function lockWorkspace(
  tx: Transaction,
  tenantId: string,
): Promise<{ readonly id: string; readonly name: string } | null> {
  const [workspace] = await tx
    .select({ id: tenants.id, name: tenants.name })
    .from(tenants)
    .where(and(eq(tenants.id, tenantId), isNull(tenants.deletionRequestedAt)))
    .for("share");
  return workspace ?? null;
}

async function insertMember(
  tx: Transaction,
  joining: {
    readonly displayName: string;
    readonly passwordHash: string;
    readonly invitation: typeof invitations.$inferSelect;
  },
): Promise<Member> {
  const { displayName, passwordHash, invitation } = joining;
  const { tenantId, email, role } = invitation;
  const authUserId = await insertAccount(tx, { email, displayName, passwordHash, emailVerified: false });
  if (authUserId === null) {
    throw new DrivewayError(
      "account_exists",
      "This address already signs in here. A user belongs to one workspace; ask for an invitation for another address.",
    );
  }
  const [row] = await tx
    .insert(users)
    .values({ id: newId("usr"), tenantId, authUserId, email, displayName, role })
    .returning();
  if (row === undefined) throw new Error("the member was not written");
  return toMember(row);
}

function invitationInvalid(): DrivewayError {
  return new DrivewayError(
    "invitation_invalid",
    "This invitation is not valid (any more). Ask for a new one.",
  );
}
