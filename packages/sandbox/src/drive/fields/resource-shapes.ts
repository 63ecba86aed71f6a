/**
 * The names that a resource has, as far as a fields mask can tell: a leaf is a value without names in it, a map has
 * names that nobody knows beforehand.
 */
export type Shape = "leaf" | "map" | { readonly [name: string]: Shape };

function leaves(names: string): Record<string, Shape> {
  return Object.fromEntries(names.split(" ").map((name) => [name, "leaf" as const]));
}

const USER = leaves("kind displayName photoLink me permissionId emailAddress");

/** The permission resource. */
export const PERMISSION_SHAPE = {
  ...leaves(
    "kind id type emailAddress domain role view allowFileDiscovery displayName photoLink expirationTime deleted pendingOwner inheritedPermissionsDisabled",
  ),
  permissionDetails: leaves("permissionType role inheritedFrom inherited"),
  teamDrivePermissionDetails: leaves("teamDrivePermissionType role inheritedFrom inherited"),
} as const satisfies Shape;

/** The answer of permissions.list. */
export const PERMISSION_LIST_SHAPE = {
  ...leaves("kind nextPageToken"),
  permissions: PERMISSION_SHAPE,
} as const satisfies Shape;

const IMAGE_MEDIA_METADATA: Shape = {
  ...leaves(
    "width height rotation time cameraMake cameraModel exposureTime aperture flashUsed focalLength isoSpeed meteringMode sensor exposureMode colorSpace whiteBalance exposureBias maxApertureValue subjectDistance lens",
  ),
  location: leaves("latitude longitude altitude"),
};

const CAPABILITIES = leaves(
  "canAcceptOwnership canAddChildren canAddFolderFromAnotherDrive canAddMyDriveParent canChangeCopyRequiresWriterPermission canChangeItemDownloadRestriction canChangeSecurityUpdateEnabled canChangeViewersCanCopyContent canComment canCopy canDelete canDeleteChildren canDisableInheritedPermissions canDownload canEdit canEnableInheritedPermissions canListChildren canModifyContent canModifyContentRestriction canModifyEditorContentRestriction canModifyLabels canModifyOwnerContentRestriction canMoveChildrenOutOfDrive canMoveChildrenOutOfTeamDrive canMoveChildrenWithinDrive canMoveChildrenWithinTeamDrive canMoveItemIntoTeamDrive canMoveItemOutOfDrive canMoveItemOutOfTeamDrive canMoveItemWithinDrive canMoveItemWithinTeamDrive canMoveTeamDriveItem canReadDrive canReadLabels canReadRevisions canReadTeamDrive canRemoveChildren canRemoveContentRestriction canRemoveMyDriveParent canRename canShare canTrash canTrashChildren canUntrash",
);

/** The file resource of Drive v3, with all its names, those included that this Drive never fills. */
export const FILE_SHAPE = {
  ...leaves(
    "kind id name mimeType description starred trashed explicitlyTrashed trashedTime parents spaces version webContentLink webViewLink iconLink hasThumbnail thumbnailLink thumbnailVersion viewedByMe viewedByMeTime createdTime modifiedTime modifiedByMeTime modifiedByMe sharedWithMeTime shared ownedByMe viewersCanCopyContent copyRequiresWriterPermission writersCanShare hasAugmentedPermissions permissionIds folderColorRgb originalFilename fullFileExtension fileExtension md5Checksum sha1Checksum sha256Checksum size quotaBytesUsed headRevisionId isAppAuthorized teamDriveId driveId resourceKey inheritedPermissionsDisabled clientEncryptionDetails",
  ),
  properties: "map",
  appProperties: "map",
  exportLinks: "map",
  capabilities: CAPABILITIES,
  owners: USER,
  sharingUser: USER,
  trashingUser: USER,
  lastModifyingUser: USER,
  permissions: PERMISSION_SHAPE,
  imageMediaMetadata: IMAGE_MEDIA_METADATA,
  videoMediaMetadata: leaves("width height durationMillis"),
  shortcutDetails: leaves("targetId targetMimeType targetResourceKey"),
  contentHints: { ...leaves("indexableText"), thumbnail: leaves("image mimeType") },
  contentRestrictions: {
    ...leaves("readOnly reason type restrictionTime ownerRestricted systemRestricted"),
    restrictingUser: USER,
  },
  linkShareMetadata: leaves("securityUpdateEligible securityUpdateEnabled"),
  labelInfo: { labels: leaves("id kind revisionId fields") },
  downloadRestrictions: "map",
} as const satisfies Shape;

/** The answer of files.list. */
export const FILE_LIST_SHAPE = {
  ...leaves("kind nextPageToken incompleteSearch"),
  files: FILE_SHAPE,
} as const satisfies Shape;

/** The drive resource, which stands for a shared drive. */
export const DRIVE_SHAPE = {
  ...leaves("kind id name colorRgb createdTime hidden orgUnitId themeId backgroundImageLink"),
  backgroundImageFile: leaves("id width xCoordinate yCoordinate"),
  capabilities: leaves(
    "canAddChildren canChangeCopyRequiresWriterPermissionRestriction canChangeDomainUsersOnlyRestriction canChangeDownloadRestriction canChangeDriveBackground canChangeDriveMembersOnlyRestriction canChangeSharingFoldersRequiresOrganizerPermissionRestriction canComment canCopy canDeleteChildren canDeleteDrive canDownload canEdit canListChildren canManageMembers canReadRevisions canRename canRenameDrive canResetDriveRestrictions canShare canTrashChildren",
  ),
  restrictions: leaves(
    "adminManagedRestrictions copyRequiresWriterPermission domainUsersOnly downloadRestriction driveMembersOnly sharingFoldersRequiresOrganizerPermission",
  ),
} as const satisfies Shape;

/** The answer of drives.list. */
export const DRIVE_LIST_SHAPE = {
  ...leaves("kind nextPageToken"),
  drives: DRIVE_SHAPE,
} as const satisfies Shape;

/** The answer of about.get. */
export const ABOUT_SHAPE = {
  ...leaves("kind maxUploadSize appInstalled folderColorPalette canCreateDrives canCreateTeamDrives"),
  user: USER,
  storageQuota: leaves("limit usage usageInDrive usageInDriveTrash"),
  importFormats: "map",
  exportFormats: "map",
  maxImportSizes: "map",
  driveThemes: leaves("id backgroundImageLink colorRgb"),
  teamDriveThemes: leaves("id backgroundImageLink colorRgb"),
} as const satisfies Shape;

/** The answer of files.generateIds. */
export const GENERATED_IDS_SHAPE = leaves("kind space ids") satisfies Shape;
