import type { Invitation as InvitationReply } from "@driveway/contract";
import type { Invitation } from "../../identity/index.ts";

/** An invitation as the API tells it. */
export function presentInvitation(invitation: Invitation): InvitationReply {
  return {
    id: invitation.id,
    email: invitation.email,
    role: invitation.role,
    created_by: invitation.createdBy,
    created_at: invitation.createdAt.toISOString(),
    expires_at: invitation.expiresAt.toISOString(),
  };
}
