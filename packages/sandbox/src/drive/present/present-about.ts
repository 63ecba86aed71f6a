import type { Account } from "../../account.ts";
import type { DriveStore } from "../store/drive-store.ts";

/** The storage of a consumer account: 15 GiB. */
const STORAGE_LIMIT_BYTES = 15 * 1024 ** 3;
const LARGEST_UPLOAD_BYTES = 5 * 1024 ** 4;

const DOCUMENT_FORMATS = [
  "application/rtf",
  "application/vnd.oasis.opendocument.text",
  "text/html",
  "application/pdf",
  "text/markdown",
  "text/x-markdown",
  "application/epub+zip",
  "application/zip",
  "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  "text/plain",
];
const SPREADSHEET_FORMATS = [
  "application/x-vnd.oasis.opendocument.spreadsheet",
  "text/tab-separated-values",
  "application/pdf",
  "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  "text/csv",
  "application/zip",
  "application/vnd.oasis.opendocument.spreadsheet",
];
const PRESENTATION_FORMATS = [
  "application/vnd.oasis.opendocument.presentation",
  "application/pdf",
  "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  "text/plain",
];
const DRAWING_FORMATS = ["image/svg+xml", "image/png", "application/pdf", "image/jpeg"];

/** The about resource, whole: the user, the storage used, and what can be converted to what. */
export function presentAbout(store: DriveStore, account: Account): Record<string, unknown> {
  return {
    kind: "drive#about",
    user: {
      kind: "drive#user",
      displayName: account.name,
      me: true,
      permissionId: account.permissionId,
      emailAddress: account.email,
    },
    storageQuota: presentQuota(store, account.sub),
    importFormats: {},
    exportFormats: {
      "application/vnd.google-apps.document": DOCUMENT_FORMATS,
      "application/vnd.google-apps.spreadsheet": SPREADSHEET_FORMATS,
      "application/vnd.google-apps.presentation": PRESENTATION_FORMATS,
      "application/vnd.google-apps.drawing": DRAWING_FORMATS,
    },
    maxImportSizes: {
      "application/vnd.google-apps.document": "10485760",
      "application/vnd.google-apps.spreadsheet": "104857600",
      "application/vnd.google-apps.presentation": "104857600",
      "application/vnd.google-apps.drawing": "2097152",
    },
    maxUploadSize: String(LARGEST_UPLOAD_BYTES),
    appInstalled: true,
    folderColorPalette: ["#ac725e", "#d06b64", "#f83a22", "#fa573c", "#16a765", "#4986e7", "#8f8f8f"],
    canCreateDrives: false,
    canCreateTeamDrives: false,
    driveThemes: [],
    teamDriveThemes: [],
  };
}

function presentQuota(store: DriveStore, sub: string): Record<string, string> {
  let used = 0;
  let usedInTrash = 0;
  for (const file of store.listAll(sub)) {
    const sizeBytes = file.blob?.content.sizeBytes ?? 0;
    used += sizeBytes;
    if (sizeBytes > 0 && store.isTrashed(file)) usedInTrash += sizeBytes;
  }
  return {
    limit: String(STORAGE_LIMIT_BYTES),
    usage: String(used),
    usageInDrive: String(used),
    usageInDriveTrash: String(usedInTrash),
  };
}
