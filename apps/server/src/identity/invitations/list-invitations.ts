import { and, desc, eq, gt, lt } from "drizzle-orm";
import { type Database, invitations } from "../../db/index.ts";
import type { Clock } from "../../platform/index.ts";
import { type Invitation, toInvitation } from "./invitation.ts";

export interface ListInvitationsParams {
  readonly tenantId: string;
  readonly limit: number;
  /** The last id of the page before; null for the first page. */
  readonly cursor: string | null;
}

export interface InvitationPage {
  readonly invitations: readonly Invitation[];
  /** Where the next page begins; null when there is none. */
  readonly nextCursor: string | null;
}

/** A page of a workspace's open invitations, newest first. */
export async function listInvitations(
  parts: { readonly db: Database; readonly clock: Clock },
  params: ListInvitationsParams,
): Promise<InvitationPage> {
  const { tenantId, limit, cursor } = params;
  const rows = await parts.db
    .select()
    .from(invitations)
    .where(
      and(
        eq(invitations.tenantId, tenantId),
        gt(invitations.expiresAt, new Date(parts.clock.now())),
        cursor === null ? undefined : lt(invitations.id, cursor),
      ),
    )
    .orderBy(desc(invitations.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit).map(toInvitation);
  return { invitations: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}
