export type { DriveFile, ImageMediaMetadata } from "./file.ts";
export { registerDriveRoutes } from "./register-drive-routes.ts";
export { DriveStore } from "./store/drive-store.ts";
export type { NewFile } from "./store/new-file.ts";
