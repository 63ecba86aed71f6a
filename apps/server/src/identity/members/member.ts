import type { users } from "../../db/index.ts";

export type Role = "admin" | "member";

/** Somebody in a workspace. */
export interface Member {
  readonly id: string;
  readonly tenantId: string;
  readonly email: string | null;
  readonly displayName: string;
  readonly role: Role;
  /** Whether they have an account of the console. */
  readonly signsIn: boolean;
  readonly createdAt: Date;
}

/** Names one user of one workspace. */
export interface UserRef {
  readonly tenantId: string;
  readonly userId: string;
}

/** A row of `users` as the member that it stands for. */
export function toMember(row: typeof users.$inferSelect): Member {
  const { id, tenantId, email, displayName, role, createdAt } = row;
  return { id, tenantId, email, displayName, role, signsIn: row.authUserId !== null, createdAt };
}
