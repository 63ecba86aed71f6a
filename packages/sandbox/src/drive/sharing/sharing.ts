import type { Role } from "./role.ts";

/** To whom a permission is given. A group is known by its address alone: nobody here is a member of one. */
export type Grantee =
  | { readonly type: "user" | "group"; readonly emailAddress: string }
  | { readonly type: "domain"; readonly domain: string; readonly allowFileDiscovery: boolean }
  | { readonly type: "anyone"; readonly allowFileDiscovery: boolean };

/** One entry of an item's access list. The owner of an item has none: owning it says it all. */
export interface FilePermission {
  readonly id: string;
  readonly to: Grantee;
  readonly role: Exclude<Role, "owner">;
  readonly grantedTimeMs: number;
  /** The account that shared the item; null when nobody of this sandbox did. */
  readonly grantedBySub: string | null;
  /** For the root of a shared drive: the member does not want to see the drive. */
  readonly hidden: boolean;
}

/** When, and by whom, an item of a shared drive was put into the trash. */
interface Trashing {
  readonly timeMs: number;
  readonly bySub: string;
}

/** What is known of an item because others than its owner have to do with it. */
export interface Sharing {
  /** The shared drive in which the item lies. Its root folder has the same id. */
  readonly driveId: string | null;
  readonly permissions: readonly FilePermission[];
  /** What whoever comes by the link has to know beside the id; null for most items. */
  readonly resourceKey: string | null;
  /** Readers and commenters may neither download nor copy the item. */
  readonly copyRequiresWriterPermission: boolean;
  /** The account that changed the item last; null when that was the owner. */
  readonly modifiedBySub: string | null;
  readonly trashing: Trashing | null;
}

const NO_PERMISSIONS: readonly FilePermission[] = [];

/** The sharing of an item that nobody but its owner has to do with. */
export const UNSHARED: Sharing = {
  driveId: null,
  permissions: NO_PERMISSIONS,
  resourceKey: null,
  copyRequiresWriterPermission: false,
  modifiedBySub: null,
  trashing: null,
};
