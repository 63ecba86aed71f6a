import type { FieldMask } from "../fields/parse-fields.ts";
import { selectFields } from "../fields/select-fields.ts";
import type { DriveFile } from "../file.ts";
import {
  displayNameOf,
  type EffectivePermission,
  effectivePermissions,
} from "../sharing/effective-permissions.ts";
import type { Grantee } from "../sharing/sharing.ts";
import { driveIdOf, isSharedDrive } from "../sharing/sharing-of.ts";
import type { Viewer } from "./file-view.ts";

/** What a request for permissions gets that names no fields. */
export const DEFAULT_PERMISSION_MASK: FieldMask = new Map(
  ["kind", "id", "type", "role"].map((name) => [name, "all"]),
);

/** The permission resource, as much of it as the mask asks for. */
export function presentPermission(
  permission: EffectivePermission,
  file: DriveFile,
  { mask, viewer }: { mask: FieldMask; viewer: Viewer },
): unknown {
  return selectFields(wholePermission(permission, file, viewer), mask);
}

/** The access list of an item as its metadata shows it, owner first. */
export function presentPermissions(file: DriveFile, viewer: Viewer): object[] {
  return effectivePermissions(viewer.store, file).map((each) => wholePermission(each, file, viewer));
}

function wholePermission(permission: EffectivePermission, file: DriveFile, { store }: Viewer): object {
  const { id, to, role } = permission;
  const displayName = displayNameOf(to, store.accounts);
  return {
    kind: "drive#permission",
    id,
    type: to.type,
    ...granteeFields(to),
    role,
    ...(displayName !== undefined && { displayName }),
    ...(driveIdOf(file) !== null && { permissionDetails: detailsOf(permission, file) }),
  };
}

function granteeFields(to: Grantee): object {
  switch (to.type) {
    case "user":
    case "group":
      return { emailAddress: to.emailAddress, deleted: false, pendingOwner: false };
    case "domain":
      return { domain: to.domain, allowFileDiscovery: to.allowFileDiscovery };
    case "anyone":
      return { allowFileDiscovery: to.allowFileDiscovery };
  }
}

/** Where a permission comes from, which is told in shared drives alone. */
function detailsOf({ sources }: EffectivePermission, file: DriveFile): object[] {
  return sources.map(({ role, itemId, isMembership }) => ({
    permissionType: isMembership ? "member" : "file",
    role,
    ...(itemId !== file.id && { inheritedFrom: itemId }),
    inherited: itemId !== file.id && !isSharedDrive(file),
  }));
}
