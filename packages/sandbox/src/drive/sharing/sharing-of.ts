import type { DriveFile } from "../file.ts";
import { type Sharing, UNSHARED } from "./sharing.ts";

/** How the item is shared, whether there is anything to tell or not. */
export function sharingOf(file: DriveFile): Sharing {
  return file.sharing ?? UNSHARED;
}

/** The shared drive in which the item lies; null for what lies in somebody's My Drive. */
export function driveIdOf(file: DriveFile): string | null {
  return file.sharing === null ? null : file.sharing.driveId;
}

/** Whether the item is the top of a shared drive, which stands for the drive itself. */
export function isSharedDrive(file: DriveFile): boolean {
  return file.parentId === null && driveIdOf(file) === file.id;
}
