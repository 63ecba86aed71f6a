/** What somebody may do with an item, from the least to the most. */
const ROLES = ["reader", "commenter", "writer", "fileOrganizer", "organizer", "owner"] as const;

/**
 * A role in Drive's names. `fileOrganizer` and `organizer` are for shared drives ("content manager" and "manager" in
 * the web application), `owner` is for all else ("Roles and permissions" of the Drive guides).
 */
export type Role = (typeof ROLES)[number];

/** Whether a role, or the lack of one, is enough where another one is asked for. */
export function isAtLeast(role: Role | null, least: Role): boolean {
  return role !== null && ROLES.indexOf(role) >= ROLES.indexOf(least);
}

/** The higher of two roles; null when there is neither. */
export function higherRole(left: Role | null, right: Role | null): Role | null {
  return right !== null && isAtLeast(left, right) ? left : (right ?? left);
}

/** Reads a role; null when there is none of this name. */
export function parseRole(text: string): Role | null {
  return ROLES.find((role) => role === text) ?? null;
}
