import type { DriveFile } from "../drive/index.ts";

type Permission = NonNullable<DriveFile["sharing"]>["permissions"][number];

/** One entry of an item's access list. */
export interface PermissionReply extends Pick<Permission, "id" | "role" | "to"> {
  /** RFC 3339, in UTC. */
  readonly grantedTime: string;
}

/** Says who was given access to an item itself, for an answer; its owner and what comes from above are not in it. */
export function presentPermissions({ sharing }: DriveFile): PermissionReply[] {
  const permissions = sharing?.permissions ?? [];
  return permissions.map(({ id, role, to, grantedTimeMs }) => ({
    ...{ id, role, to },
    grantedTime: new Date(grantedTimeMs).toISOString(),
  }));
}
