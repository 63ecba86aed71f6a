import type { DriveFile } from "../file.ts";
import { roleOf } from "../sharing/access.ts";
import { isAtLeast } from "../sharing/role.ts";
import { sharingOf } from "../sharing/sharing-of.ts";
import { formatTimestamp } from "../timestamps.ts";
import type { Viewer } from "./file-view.ts";

/** The drive resource of a shared drive, whole. */
export function presentDrive(drive: DriveFile, viewer: Viewer): Record<string, unknown> {
  const role = roleOf(viewer.store, viewer.caller, drive);
  const { copyRequiresWriterPermission } = sharingOf(drive);
  return {
    kind: "drive#drive",
    id: drive.id,
    name: drive.name,
    colorRgb: "#4986e7",
    createdTime: formatTimestamp(drive.createdTimeMs),
    hidden: isHidden(drive, viewer),
    capabilities: {
      canAddChildren: isAtLeast(role, "writer"),
      canComment: isAtLeast(role, "commenter"),
      canCopy: !copyRequiresWriterPermission || isAtLeast(role, "writer"),
      canDeleteChildren: isAtLeast(role, "organizer"),
      canDeleteDrive: isAtLeast(role, "organizer"),
      canDownload: !copyRequiresWriterPermission || isAtLeast(role, "writer"),
      canEdit: isAtLeast(role, "writer"),
      canListChildren: true,
      canManageMembers: isAtLeast(role, "organizer"),
      canReadRevisions: isAtLeast(role, "writer"),
      canRename: isAtLeast(role, "writer"),
      canRenameDrive: isAtLeast(role, "organizer"),
      canShare: isAtLeast(role, "writer"),
      canTrashChildren: isAtLeast(role, "fileOrganizer"),
    },
    restrictions: {
      adminManagedRestrictions: false,
      copyRequiresWriterPermission,
      domainUsersOnly: false,
      driveMembersOnly: false,
    },
  };
}

/** Whether the user does not want to see the drive. */
export function isHidden(drive: DriveFile, { caller }: Viewer): boolean {
  const { permissionId } = caller.account;
  return sharingOf(drive).permissions.some(({ id, hidden }) => id === permissionId && hidden);
}
