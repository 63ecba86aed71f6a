export {
  type ByteSpan,
  type Checksums,
  type CollectedContent,
  type FileContent,
  MemoryContent,
} from "./content.ts";
export { minimalPdf } from "./exports/minimal-pdf.ts";
export {
  type DriveFile,
  type FileBlob,
  type ImageMediaMetadata,
  isConversion,
  isFolder,
  NATIVE_MIME_PREFIX,
} from "./file.ts";
export { DriveError } from "./errors.ts";
export { isMimeType } from "./mime-type.ts";
export { PresignedDownloads } from "./presigned-downloads.ts";
export { refusalByReason } from "./refusal-by-reason.ts";
export { itemsInSight } from "./listing/items-in-sight.ts";
export { LARGEST_FILE_BYTES } from "./largest-file-bytes.ts";
export { registerDriveRoutes } from "./register-drive-routes.ts";
export { refuseUnreadable } from "./routes/refuse-unreadable.ts";
export type { DriveChange, DriveKeeper, FilePut } from "./store/drive-keeper.ts";
export { roleOf } from "./sharing/access.ts";
export { driveIdOf } from "./sharing/sharing-of.ts";
export { DriveStore } from "./store/drive-store.ts";
export { UploadSessions } from "./uploads/upload-sessions.ts";
export { uploadSubjectOf, type UploadSubject } from "./uploads/upload-subject.ts";
export type { NewFile } from "./store/new-file.ts";
