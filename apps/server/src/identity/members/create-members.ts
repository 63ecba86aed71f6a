import type { Database } from "../../db/index.ts";
import type { Clock } from "../../platform/index.ts";
import { type Acceptance, acceptInvitation, type JoinedMember } from "../invitations/accept-invitation.ts";
import { createInvitation, type NewInvitation } from "../invitations/create-invitation.ts";
import {
  type InvitationPage,
  listInvitations,
  type ListInvitationsParams,
} from "../invitations/list-invitations.ts";
import { revokeInvitation } from "../invitations/revoke-invitation.ts";
import { changeRole } from "./change-role.ts";
import { getMember, listMembers, type ListMembersParams, type MemberPage } from "./find-members.ts";
import type { Member, UserRef } from "./member.ts";

/** Who is in a workspace, and who is asked to come. Removing somebody reaches further: see the room of departures. */
export interface Members {
  /** See {@link listMembers}. */
  list(params: ListMembersParams): Promise<MemberPage>;
  /** See {@link getMember}. */
  get(user: UserRef): Promise<Member>;
  /** See {@link changeRole}. */
  changeRole(wanted: Parameters<typeof changeRole>[1]): Promise<Member>;
  /** See {@link createInvitation}. */
  invite(wanted: Parameters<typeof createInvitation>[1]): Promise<NewInvitation>;
  /** See {@link listInvitations}. */
  listInvitations(params: ListInvitationsParams): Promise<InvitationPage>;
  /** See {@link revokeInvitation}. */
  revokeInvitation(wanted: Parameters<typeof revokeInvitation>[1]): Promise<void>;
  /** See {@link acceptInvitation}; throws `origin_not_allowed` for a foreign page besides. */
  acceptInvitation(
    acceptance: Acceptance & {
      /** The Origin header; undefined when none came. */
      readonly origin: string | undefined;
    },
  ): Promise<JoinedMember>;
}

/** @param parts.refuseForeignPage throws when a page of this origin may not call us */
export function createMembers(parts: {
  readonly db: Database;
  readonly clock: Clock;
  readonly refuseForeignPage: (origin: string | undefined) => void;
}): Members {
  const { db } = parts;
  return {
    list: (params) => listMembers(db, params),
    get: (user) => getMember(db, user),
    changeRole: (wanted) => changeRole(parts, wanted),
    invite: (wanted) => createInvitation(parts, wanted),
    listInvitations: (params) => listInvitations(parts, params),
    revokeInvitation: (wanted) => revokeInvitation(parts, wanted),
    async acceptInvitation({ origin, ...acceptance }) {
      parts.refuseForeignPage(origin);
      return acceptInvitation(parts, acceptance);
    },
  };
}
