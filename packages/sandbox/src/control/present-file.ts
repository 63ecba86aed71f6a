import type { Account } from "../accounts/account.ts";
import { type DriveFile, driveIdOf } from "../drive/index.ts";

/** A file as it lies in somebody's Drive, plainly. */
export interface FileReply {
  readonly id: string;
  /** The owner; null for what lies in a shared drive. */
  readonly email: string | null;
  /** The shared drive; null for what lies in the Drive of a person. */
  readonly driveId: string | null;
  readonly name: string;
  readonly mimeType: string;
  /** Null for the root of a Drive. */
  readonly parentId: string | null;
  /** Null for folders, shortcuts and Docs editors files, as are the digests, which are those that Drive tells. */
  readonly sizeBytes: number | null;
  readonly md5: string | null;
  readonly sha256: string | null;
  readonly headRevisionId: string | null;
  /** Trashed itself, rather than by a folder above it. */
  readonly trashed: boolean;
  readonly canDownload: boolean;
  readonly abusive: boolean;
  readonly downloadQuotaExceeded: boolean;
  /** RFC 3339, in UTC. */
  readonly createdTime: string;
  readonly modifiedTime: string;
  readonly version: number;
}

/** Says what a file is, for an answer. */
export function presentFile(file: DriveFile, accounts: readonly Account[]): FileReply {
  const {
    id,
    name,
    mimeType,
    parentId,
    blob,
    trashed,
    canDownload,
    abusive,
    downloadQuotaExceeded,
    version,
  } = file;
  return {
    id,
    email: accounts.find(({ sub }) => sub === file.ownerSub)?.email ?? null,
    driveId: driveIdOf(file),
    name,
    mimeType,
    parentId,
    sizeBytes: blob?.content.sizeBytes ?? null,
    md5: blob?.checksums.md5 ?? null,
    sha256: blob?.checksums.sha256 ?? null,
    headRevisionId: blob?.headRevisionId ?? null,
    trashed,
    canDownload,
    abusive,
    downloadQuotaExceeded,
    createdTime: new Date(file.createdTimeMs).toISOString(),
    modifiedTime: new Date(file.modifiedTimeMs).toISOString(),
    version,
  };
}
