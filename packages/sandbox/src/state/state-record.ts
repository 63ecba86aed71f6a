import type { Account } from "../accounts/account.ts";
import type { DriveChange, DriveFile, FileBlob } from "../drive/index.ts";
import type { Recipe } from "../generated/index.ts";
import type { GrantChange } from "../oauth/index.ts";

/** Grows when a sandbox could no longer read what an older one wrote. */
export const STATE_FORMAT = 1;

/** One line of the journal. The first one says how the state began; repeated in order, all of them give the state. */
export type StateRecord =
  | { readonly kind: "began"; readonly format: number; readonly seed: number }
  | FilePutRecord
  | { readonly kind: "accountAdded"; readonly account: Account }
  | DriveChange
  | GrantChange;

/** A file's state, with its bytes elsewhere. */
export interface FilePutRecord {
  readonly kind: "filePut";
  readonly issuedIds: number;
  readonly file: FileRecord;
}

type FileRecord = Omit<DriveFile, "blob" | "exports"> & {
  readonly blob: BlobRecord | null;
  /** MIME type to bytes in base64. */
  readonly exports: Readonly<Record<string, string>>;
};

/**
 * A revision of bytes: what is known of it, and the name under which the bytes lie, or what they are generated from.
 */
type BlobRecord = Omit<FileBlob, "content"> & {
  readonly bytes: string;
  readonly sizeBytes: number;
  readonly generated?: Omit<Recipe, "sizeBytes">;
};
