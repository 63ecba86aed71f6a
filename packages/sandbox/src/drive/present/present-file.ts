import type { FieldMask } from "../fields/parse-fields.ts";
import { asksFor, maskWithin, selectFields } from "../fields/select-fields.ts";
import type { DriveFile } from "../file.ts";
import { driveIdOf, isSharedDrive } from "../sharing/sharing-of.ts";
import { formatTimestamp } from "../timestamps.ts";
import { capabilities } from "./capabilities.ts";
import {
  exportLinks,
  fileExtension,
  hasThumbnail,
  isAppAuthorized,
  sizeText,
  thumbnailLink,
  type Viewer,
  webContentLink,
  webViewLink,
} from "./file-view.ts";
import {
  copyRequiresWriterPermission,
  hasAugmentedPermissions,
  lastModifyingUser,
  modifiedByMe,
  ownedByMe,
  owners,
  parents,
  permissionIds,
  permissions,
  shared,
  sharedWithMeTime,
  sharingUser,
  shortcutDetails,
  trashedTime,
  trashingUser,
} from "./sharing-view.ts";

/** What a request gets that names no fields. */
export const DEFAULT_FILE_MASK: FieldMask = new Map(
  ["kind", "id", "name", "mimeType", "resourceKey"].map((name) => [name, "all"]),
);

type FieldView = (file: DriveFile, viewer: Viewer) => unknown;

/** How each field of FILE_SHAPE that this Drive fills is found, in Drive's order; int64 values are strings. */
const FIELD_VIEWS: Readonly<Record<string, FieldView>> = {
  kind: () => "drive#file",
  id: (file) => file.id,
  name: (file) => (isSharedDrive(file) ? "Drive" : file.name),
  mimeType: (file) => file.mimeType,
  description: (file) => file.description ?? undefined,
  starred: (file) => file.starred,
  trashed: (file, { store }) => store.isTrashed(file),
  explicitlyTrashed: (file) => file.trashed,
  trashedTime,
  trashingUser,
  parents,
  properties: (file) => unlessEmpty(file.properties),
  appProperties: (file, { caller }) => unlessEmpty(file.appProperties[caller.clientId] ?? {}),
  spaces: () => ["drive"],
  version: (file) => String(file.version),
  webContentLink,
  webViewLink,
  hasThumbnail,
  thumbnailLink,
  thumbnailVersion: (file) => (hasThumbnail(file) ? "1" : "0"),
  viewedByMe: () => false,
  createdTime: (file) => formatTimestamp(file.createdTimeMs),
  modifiedTime: (file) => formatTimestamp(file.modifiedTimeMs),
  modifiedByMeTime: (file, viewer) =>
    modifiedByMe(file, viewer) ? formatTimestamp(file.modifiedTimeMs) : undefined,
  modifiedByMe,
  sharedWithMeTime,
  sharingUser,
  owners,
  teamDriveId: (file) => driveIdOf(file) ?? undefined,
  driveId: (file) => driveIdOf(file) ?? undefined,
  lastModifyingUser,
  shared,
  ownedByMe,
  capabilities,
  viewersCanCopyContent: (file, viewer) => !copyRequiresWriterPermission(file, viewer),
  copyRequiresWriterPermission,
  writersCanShare: (file) => (driveIdOf(file) === null ? true : undefined),
  permissions,
  permissionIds,
  hasAugmentedPermissions,
  originalFilename: (file) => file.blob?.originalFilename,
  fullFileExtension: fileExtension,
  fileExtension,
  md5Checksum: (file) => file.blob?.checksums.md5,
  sha1Checksum: (file) => file.blob?.checksums.sha1 ?? undefined,
  sha256Checksum: (file) => file.blob?.checksums.sha256 ?? undefined,
  size: sizeText,
  quotaBytesUsed: (file) => String(file.blob?.content.sizeBytes ?? 0),
  headRevisionId: (file) => file.blob?.headRevisionId,
  imageMediaMetadata: (file, { images }) => images.of(file) ?? undefined,
  exportLinks,
  shortcutDetails,
  resourceKey: (file) => file.sharing?.resourceKey ?? undefined,
  isAppAuthorized,
};

const FIELDS_IN_ORDER = Object.entries(FIELD_VIEWS);

/** The file resource, as much of it as the mask asks for. Fields without a value are left out. */
export function presentFile(file: DriveFile, mask: FieldMask, viewer: Viewer): Record<string, unknown> {
  return filePresenter(mask, viewer)(file);
}

/** The same for many files at a time: what the mask means is worked out once. */
export function filePresenter(mask: FieldMask, viewer: Viewer): (file: DriveFile) => Record<string, unknown> {
  const asked = FIELDS_IN_ORDER.filter(([name]) => asksFor(mask, name)).map(
    ([name, view]) => [name, view, maskWithin(mask, name)] as const,
  );
  return (file) => {
    const resource: Record<string, unknown> = {};
    for (const [name, view, within] of asked) {
      const value = view(file, viewer);
      if (value !== undefined) resource[name] = selectFields(value, within);
    }
    return resource;
  };
}

function unlessEmpty(properties: Readonly<Record<string, string>>): object | undefined {
  return Object.keys(properties).length === 0 ? undefined : properties;
}
