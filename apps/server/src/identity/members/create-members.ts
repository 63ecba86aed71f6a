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
import type { ForeignPageFacts } from "../foreign-page.ts";
import type { AttemptGuard } from "../rate-limits/guard-attempts.ts";
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
  /**
   * See {@link acceptInvitation}; throws `origin_not_allowed` for a foreign page besides, and `rate_limited` for an address
   * that came with too many bad tokens.
   */
  acceptInvitation(
    acceptance: Acceptance & {
      /** The Origin header; undefined when none came. */
      readonly origin: string | undefined;
    },
  ): Promise<JoinedMember>;
}

/** @param parts.refuseForeignPage throws when the page that calls may not */
export function createMembers(parts: {
  readonly db: Database;
  readonly clock: Clock;
  readonly guard: AttemptGuard;
  readonly refuseForeignPage: (facts: ForeignPageFacts) => void;
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
      parts.refuseForeignPage({ origin, isCookieCall: false });
      const { address } = acceptance.client;
      const attempt = { address, email: null, failures: ["invitation_invalid"] as const };
      return parts.guard(attempt, () => acceptInvitation(parts, acceptance));
    },
  };
}
