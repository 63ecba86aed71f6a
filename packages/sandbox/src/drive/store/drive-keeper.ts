import type { FileContent } from "../content.ts";
import type { DriveFile } from "../file.ts";
import type { FileGrant } from "./file-grants.ts";
import type { FileOpening } from "./file-openings.ts";

/** A change to the Drives that is no new state of a file, as it can be written down and repeated later. */
export type DriveChange =
  | { readonly kind: "fileRemoved"; readonly fileId: string }
  | {
      readonly kind: "idsReserved";
      readonly sub: string;
      readonly ids: readonly string[];
      readonly issuedIds: number;
    }
  | { readonly kind: "fileGranted"; readonly grant: FileGrant }
  | { readonly kind: "fileOpened"; readonly opening: FileOpening }
  | { readonly kind: "fileGrantsRevoked"; readonly clientId: string; readonly sub: string };

/** A new file or a new state of one, with how many ids have been issued so far. */
export interface FilePut {
  readonly kind: "filePut";
  readonly file: DriveFile;
  readonly issuedIds: number;
}

/**
 * Keeps Drives beyond the life of the process. It is told of every change before the change takes effect; when it
 * throws, there is no change.
 */
export interface DriveKeeper {
  /** Keeps a file, and gives it back as it is to be held from now on: its bytes may lie elsewhere. */
  keepFile(put: FilePut): DriveFile;
  keep(change: DriveChange): void;
  /** Gives the content of one file for another file to have: what is released for one, the other keeps. */
  share(content: FileContent): FileContent;
  /** Told afterwards of content that a file no longer has. */
  release(content: FileContent): void;
}
