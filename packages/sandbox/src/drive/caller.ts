import type { Authorization, Authorize } from "../authorize.ts";
import {
  appNotAuthorizedToFile,
  fileNotFound,
  insufficientFilePermissions,
  insufficientScopes,
  invalidCredentials,
  unregisteredCaller,
} from "./errors.ts";
import type { DriveFile } from "./file.ts";
import { mayDownload, roleOf } from "./sharing/access.ts";
import type { CallTerms } from "./sharing/call-terms.ts";
import { isAtLeast, type Role } from "./sharing/role.ts";
import { driveIdOf } from "./sharing/sharing-of.ts";
import type { DriveStore } from "./store/drive-store.ts";

/** Who calls: the user, the application, what the user allowed it, and what the call says about itself. */
export type Caller = Credential & CallTerms;

/** A credential that is good for something. */
type Credential = Extract<Authorization, { kind: "ok" }>;

/** What a method does with files, as far as scopes are concerned. */
export type Deed = "readMetadata" | "readContent" | "write" | "readDrives" | "writeDrives";

const SCOPE = "https://www.googleapis.com/auth/";
const SCOPES_FOR: Readonly<Record<Deed, readonly string[]>> = {
  readMetadata: ["drive", "drive.readonly", "drive.file", "drive.metadata", "drive.metadata.readonly"],
  readContent: ["drive", "drive.readonly", "drive.file"],
  write: ["drive", "drive.file"],
  readDrives: ["drive", "drive.readonly"],
  writeDrives: ["drive"],
};
/** The scopes under which all files of the user are visible, granted one by one or not. */
const SCOPES_THAT_SEE_ALL = ["drive", "drive.readonly", "drive.metadata", "drive.metadata.readonly"];
const SCOPES_THAT_READ_ALL = ["drive", "drive.readonly"];

function hasAny(caller: Pick<Caller, "scopes">, names: readonly string[]): boolean {
  return names.some((name) => caller.scopes.has(SCOPE + name));
}

/**
 * Establishes who calls and that one of the caller's scopes allows the deed.
 * Throws 401 `authError` for a bad credential, 403 `forbidden` for none, 403 `insufficientPermissions` for too few scopes.
 */
export function requireCaller(
  authorize: Authorize,
  { header, deed, method }: { header: string | undefined; deed: Deed; method: string },
): Credential {
  const authorization = authorize(header);
  switch (authorization.kind) {
    case "missing":
      throw unregisteredCaller();
    case "invalid":
      throw invalidCredentials();
    case "ok":
      if (!hasAny(authorization, SCOPES_FOR[deed])) throw insufficientScopes(method);
      return authorization;
  }
}

/**
 * Whether the caller may know that the file exists: the user owns it or it is shared with the user, and under drive.file
 * alone it was granted.
 */
export function canSee(store: DriveStore, caller: Caller, file: DriveFile): boolean {
  if (roleOf(store, caller, file) === null) return false;
  return hasAny(caller, SCOPES_THAT_SEE_ALL) || isGranted(store, caller, file);
}

/** Whether the caller may have the bytes of a file that it sees, and pictures of them. */
export function canReadContent(store: DriveStore, caller: Caller, file: DriveFile): boolean {
  return hasAny(caller, SCOPES_THAT_READ_ALL) || isGranted(store, caller, file);
}

/** Whether the user may have the bytes of a file: the owner, the domain and the user's role all allow it. */
export function isDownloadable(store: DriveStore, caller: Caller, file: DriveFile): boolean {
  return mayDownload(store, file, roleOf(store, caller, file));
}

/** Whether the application may write to all files of the user, granted one by one or not. */
export function writesAll(caller: Caller): boolean {
  return hasAny(caller, ["drive"]);
}

/** Whether the file was given to the application, by picking it or because the application made it. */
export function isGranted(store: DriveStore, caller: Caller, file: DriveFile): boolean {
  return store.isGranted({ clientId: caller.clientId, sub: caller.account.sub, fileId: file.id });
}

/**
 * The file behind an id or the alias `root`. Throws 404 `notFound` when it is not there or not to be seen, or lies in a
 * shared drive and the call does not say `supportsAllDrives`; nobody can tell which.
 */
export function requireFile(store: DriveStore, caller: Caller, fileId: string): DriveFile {
  const file = store.get(fileId === "root" ? store.rootId(caller.account.sub) : fileId);
  if (file === undefined || !canSee(store, caller, file)) throw fileNotFound(fileId);
  if (driveIdOf(file) !== null && !caller.supportsAllDrives) throw fileNotFound(fileId);
  return file;
}

/**
 * The file behind an id, whose bytes are asked for. Throws 404 `notFound` like {@link requireFile}, and 403
 * `appNotAuthorizedToFile` when the application may see all metadata, but the bytes of granted files only.
 */
export function requireReadableFile(store: DriveStore, caller: Caller, fileId: string): DriveFile {
  const file = requireFile(store, caller, fileId);
  if (canReadContent(store, caller, file)) return file;
  throw appNotAuthorizedToFile(caller.clientId, file.id, "read");
}

/**
 * The file behind an id, to be changed. Throws 404 `notFound` like {@link requireFile}, and 403
 * `insufficientFilePermissions` when the user has no role that is enough, or `appNotAuthorizedToFile` when the
 * application sees the file but may write granted ones only.
 */
export function requireWritableFile(
  store: DriveStore,
  caller: Caller,
  fileId: string,
  least: Role = "writer",
): DriveFile {
  const file = requireFile(store, caller, fileId);
  if (!isAtLeast(roleOf(store, caller, file), least)) throw insufficientFilePermissions();
  if (writesAll(caller) || isGranted(store, caller, file)) return file;
  throw appNotAuthorizedToFile(caller.clientId, file.id);
}
