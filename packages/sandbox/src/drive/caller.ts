import type { Authorization, Authorize } from "../authorize.ts";
import {
  appNotAuthorizedToFile,
  fileNotFound,
  insufficientScopes,
  invalidCredentials,
  unregisteredCaller,
} from "./errors.ts";
import type { DriveFile } from "./file.ts";
import type { DriveStore } from "./store/drive-store.ts";

/** Who calls: the user, the application, and what the user allowed it. */
export type Caller = Extract<Authorization, { kind: "ok" }>;

/** What a method does with files, as far as scopes are concerned. */
export type Deed = "readMetadata" | "readContent" | "write";

const SCOPE = "https://www.googleapis.com/auth/";
const SCOPES_FOR: Readonly<Record<Deed, readonly string[]>> = {
  readMetadata: ["drive", "drive.readonly", "drive.file", "drive.metadata", "drive.metadata.readonly"],
  readContent: ["drive", "drive.readonly", "drive.file"],
  write: ["drive", "drive.file"],
};
/** The scopes under which all files of the user are visible, granted one by one or not. */
const SCOPES_THAT_SEE_ALL = ["drive", "drive.readonly", "drive.metadata", "drive.metadata.readonly"];
const SCOPES_THAT_READ_ALL = ["drive", "drive.readonly"];

function hasAny(caller: Caller, names: readonly string[]): boolean {
  return names.some((name) => caller.scopes.has(SCOPE + name));
}

/**
 * Establishes who calls and that one of the caller's scopes allows the deed.
 * Throws 401 `authError` for a bad credential, 403 `forbidden` for none, 403 `insufficientPermissions` for too few scopes.
 */
export function requireCaller(
  authorize: Authorize,
  { header, deed, method }: { header: string | undefined; deed: Deed; method: string },
): Caller {
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

/** Whether the caller may know that the file exists: it is the user's, and under drive.file alone it was granted. */
export function canSee(store: DriveStore, caller: Caller, file: DriveFile): boolean {
  if (file.ownerSub !== caller.account.sub) return false;
  return hasAny(caller, SCOPES_THAT_SEE_ALL) || isGranted(store, caller, file);
}

/** Whether the caller may have the bytes of a file that it sees, and pictures of them. */
export function canReadContent(store: DriveStore, caller: Caller, file: DriveFile): boolean {
  return hasAny(caller, SCOPES_THAT_READ_ALL) || isGranted(store, caller, file);
}

/** Whether the file was given to the application, by picking it or because the application made it. */
export function isGranted(store: DriveStore, caller: Caller, file: DriveFile): boolean {
  return store.isGranted({ clientId: caller.clientId, sub: caller.account.sub, fileId: file.id });
}

/** The file behind an id or the alias `root`. Throws 404 `notFound` when it is not there or not to be seen. */
export function requireFile(store: DriveStore, caller: Caller, fileId: string): DriveFile {
  const file = store.get(fileId === "root" ? store.rootId(caller.account.sub) : fileId);
  if (file === undefined || !canSee(store, caller, file)) throw fileNotFound(fileId);
  return file;
}

/**
 * The file behind an id, to be changed. Throws 404 `notFound` like {@link requireFile}, and 403
 * `appNotAuthorizedToFile` when the application sees the file but may write granted ones only.
 */
export function requireWritableFile(store: DriveStore, caller: Caller, fileId: string): DriveFile {
  const file = requireFile(store, caller, fileId);
  if (hasAny(caller, ["drive"]) || isGranted(store, caller, file)) return file;
  throw appNotAuthorizedToFile(caller.clientId, file.id);
}
