export { type ByteSpan, type FileContent, MemoryContent } from "./content.ts";
export type { DriveFile, FileBlob, ImageMediaMetadata } from "./file.ts";
export { registerDriveRoutes } from "./register-drive-routes.ts";
export type { DriveChange, DriveKeeper, FilePut } from "./store/drive-keeper.ts";
export { DriveStore } from "./store/drive-store.ts";
export type { NewFile } from "./store/new-file.ts";
