import type { invitations } from "../../db/index.ts";
import type { Role } from "../members/member.ts";

/** An invitation that is open: whoever holds its token joins the workspace. */
export interface Invitation {
  readonly id: string;
  readonly tenantId: string;
  /** In lower case. */
  readonly email: string;
  readonly role: Role;
  /** The admin who invites, by id. */
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Leaves the token's hash behind. */
export function toInvitation(row: typeof invitations.$inferSelect): Invitation {
  const { tokenSha256: _hash, ...invitation } = row;
  return invitation;
}
