import { and, asc, eq, gt } from "drizzle-orm";
import { type Queryable, users } from "../../db/index.ts";
import { DrivewayError } from "../../platform/index.ts";
import { type Member, toMember, type UserRef } from "./member.ts";

export interface ListMembersParams {
  readonly tenantId: string;
  readonly limit: number;
  /** The last id of the page before; null for the first page. */
  readonly cursor: string | null;
}

export interface MemberPage {
  readonly members: readonly Member[];
  /** Where the next page begins; null when there is none. */
  readonly nextCursor: string | null;
}

/** A page of a workspace's members, those who came first at the top. */
export async function listMembers(db: Queryable, params: ListMembersParams): Promise<MemberPage> {
  const { tenantId, limit, cursor } = params;
  const rows = await db
    .select()
    .from(users)
    .where(and(eq(users.tenantId, tenantId), cursor === null ? undefined : gt(users.id, cursor)))
    .orderBy(asc(users.id))
    .limit(limit + 1);
  const page = rows.slice(0, limit).map(toMember);
  return { members: page, nextCursor: rows.length > limit ? (page.at(-1)?.id ?? null) : null };
}

/**
 * One member of a workspace.
 * @throws {DrivewayError} `member_not_found`, also for another workspace's
 */
export async function getMember(db: Queryable, user: UserRef): Promise<Member> {
  const [row] = await db
    .select()
    .from(users)
    .where(and(eq(users.tenantId, user.tenantId), eq(users.id, user.userId)));
  if (row === undefined) throw new DrivewayError("member_not_found", "The workspace has no such member.");
  return toMember(row);
}
