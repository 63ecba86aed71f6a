import type { Account } from "../../accounts/account.ts";
import { LARGEST_FILE_BYTES } from "../largest-file-bytes.ts";
import { EXPORT_FORMATS } from "../exports/render-export.ts";
import type { DriveStore } from "../store/drive-store.ts";
import type { StorageUse } from "../store/storage-usage.ts";

/**
 * The about resource, whole: the user, the storage used, and what can be converted to what.
 *
 * @param storageLimitBytes what the account may store; null for no limit, and then the resource names none
 */
export function presentAbout(
  store: DriveStore,
  account: Account,
  storageLimitBytes: number | null,
): Record<string, unknown> {
  return {
    kind: "drive#about",
    user: {
      kind: "drive#user",
      displayName: account.name,
      me: true,
      permissionId: account.permissionId,
      emailAddress: account.email,
    },
    storageQuota: presentQuota(store.storageOf(account.sub), storageLimitBytes),
    importFormats: {},
    exportFormats: EXPORT_FORMATS,
    maxImportSizes: {
      "application/vnd.google-apps.document": "10485760",
      "application/vnd.google-apps.spreadsheet": "104857600",
      "application/vnd.google-apps.presentation": "104857600",
      "application/vnd.google-apps.drawing": "2097152",
    },
    maxUploadSize: String(LARGEST_FILE_BYTES),
    appInstalled: true,
    folderColorPalette: ["#ac725e", "#d06b64", "#f83a22", "#fa573c", "#16a765", "#4986e7", "#8f8f8f"],
    canCreateDrives: account.hd !== undefined,
    canCreateTeamDrives: account.hd !== undefined,
    driveThemes: [],
    teamDriveThemes: [],
  };
}

/** Nobody here has photographs or mail, so Drive is all that is in use. */
function presentQuota(
  { usedBytes, trashedBytes }: StorageUse,
  limitBytes: number | null,
): Record<string, string> {
  return {
    ...(limitBytes !== null && { limit: String(limitBytes) }),
    usage: String(usedBytes),
    usageInDrive: String(usedBytes),
    usageInDriveTrash: String(trashedBytes),
  };
}
