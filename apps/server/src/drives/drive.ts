import type { Readable } from "node:stream";
import type { DriveMeaning } from "./drive-meaning.ts";

/** Which file is meant. The key belongs to the id: some files shared by a link cannot be reached without it. */
export interface FileRef {
  readonly id: string;
  readonly resourceKey?: string | null;
}

/**
 * A file or folder as a provider describes it. It is plain data that survives JSON, and nothing in it can be trusted:
 * names, types and properties are whatever somebody wrote. Text has no NUL and no half of a character.
 */
export interface DriveFile {
  readonly id: string;
  readonly name: string;
  readonly mimeType: string;
  readonly kind: "blob" | "folder" | "native" | "shortcut";
  /** Null for folders, shortcuts and what the provider does not measure. */
  readonly sizeBytes: number | null;
  /** Lower hex, when the provider names it. */
  readonly sha256: string | null;
  /** Lower hex, when the provider names it. */
  readonly md5: string | null;
  /** Changes whenever the content does; null when there is no content. */
  readonly revision: string | null;
  readonly trashed: boolean;
  readonly canDownload: boolean;
  readonly description: string | null;
  /** The folder that it lies in, as far as it is shown to us; more than one or none are possible. */
  readonly parents: readonly string[];
  /** The shared drive that it belongs to; null in a user's own. */
  readonly driveId: string | null;
  readonly resourceKey: string | null;
  /** What a shortcut points to; null for everything else. */
  readonly shortcut: DriveShortcut | null;
  /** What this application wrote beside the file; no other application sees it. */
  readonly properties: Readonly<Record<string, string>>;
  /** ISO 8601, UTC; null when the provider does not say. */
  readonly createdAt: string | null;
}

/** A pointer to a file, which may be gone, or be a pointer again. */
interface DriveShortcut {
  readonly targetId: string;
  readonly targetMimeType: string;
  readonly targetResourceKey: string | null;
}

/** A part of what lies in a folder. */
export interface DriveFolderPage {
  /** May be empty while there are more pages. */
  readonly files: readonly DriveFile[];
  /** Null on the last page. Good for some hours. */
  readonly nextPageToken: string | null;
}

/** What an account is like. */
export interface DriveAccount {
  /** `limitBytes` is null when nothing limits it. */
  readonly storage: { readonly limitBytes: number | null; readonly usedBytes: number };
}

/** What came of asking for one file among many. */
export type DriveFileAnswer =
  | { readonly id: string; readonly ok: true; readonly file: DriveFile }
  | { readonly id: string; readonly ok: false; readonly error: DriveError };

/** A body on its way. It can be read once; whoever gets it reads it to its end or destroys it. */
export interface OpenedFile {
  readonly stream: Readable;
  /** Bytes in this stream as announced by the provider; null when it did not say. It may still end early: count them. */
  readonly sizeBytes: number | null;
  /** With a stream that begins behind the first byte: the size of the whole file now; null when it is not known. */
  readonly totalBytes: number | null;
  readonly mediaType: string;
}

/** An upload that was begun: where it goes on, and how much of it the provider has said that it holds. */
export interface UploadState {
  /** An http(s) URL, which is a secret: whoever has it can write the file. */
  readonly address: string;
  readonly confirmedBytes: number;
}

/** Where an upload in several requests is kept, so that a later call, or another process, goes on with it. */
export interface UploadSession {
  /** Null when none is kept, or what is kept is not of these bytes. */
  load(): Promise<UploadState | null>;
  save(state: UploadState): Promise<void>;
  drop(): Promise<void>;
}

export interface Upload {
  /**
   * An id from {@link Drive.reserveIds}: repeating the call with it makes no second file. With `revises` the id of a
   * file that is there.
   */
  readonly id: string;
  /** The bytes become a new revision of the file that is there; `parentId` and `createdAt` are left as they are. */
  readonly revises?: boolean;
  readonly name: string;
  readonly mimeType: string;
  /** Null for the root of the user's own drive. */
  readonly parentId: string | null;
  readonly sizeBytes: number;
  /** Opens the bytes anew from an offset; called again whenever a part must be sent again. */
  readonly open: (fromByte: number) => Promise<Readable>;
  /** The provider's limit on one key with its value is 124 bytes of UTF-8. Null takes a property away. */
  readonly properties: Readonly<Record<string, string | null>>;
  readonly description: string | null;
  readonly createdAt: Date | null;
  /** Plain data over asynchronous functions. Faults of it are passed on as they are. */
  readonly session?: UploadSession;
}

/** What a browser may look at through the picker proxy. Ids and parameters are checked before they get here. */
export type DriveLook =
  | { readonly kind: "list"; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "get"; readonly fileId: string; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "about"; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "export"; readonly fileId: string; readonly mimeType: string };

/**
 * One user's drive at one provider. Every method may throw {@link DriveError} and nothing else (an abort throws the
 * signal's reason). No implementation retries by itself: that is a wrapper's work, and the wrapper is a Drive again.
 */
export interface Drive {
  /** Describes up to 50 files in one round trip. Answers come in the order asked; a missing file is an answer, not a throw. */
  getFiles(files: readonly FileRef[], signal?: AbortSignal): Promise<DriveFileAnswer[]>;
  /**
   * Opens a file's bytes. A native document is exported as `exportAs`. Throws before the first byte or not at all: a
   * break later destroys the stream with a DriveError of kind `try_later`.
   */
  openFile(
    params: { readonly file: FileRef; readonly exportAs?: string; readonly fromByte?: number },
    signal?: AbortSignal,
  ): Promise<OpenedFile>;
  /**
   * Lists what lies directly in a folder, page by page, trash left out, in the provider's order. A folder that is not
   * there, or not shown to us, may be an empty one. What was added moments ago may be missing.
   * @param params.driveId the shared drive that the folder belongs to, where it is known
   * @param params.pageToken null or left out for the first page; a token that is not good any more is `refused` with
   * the reason `page_token_refused`: begin again at the first page
   */
  listFolder(
    params: {
      readonly folder: FileRef;
      readonly driveId?: string | null;
      readonly pageToken?: string | null;
    },
    signal?: AbortSignal,
  ): Promise<DriveFolderPage>;
  about(signal?: AbortSignal): Promise<DriveAccount>;
  /**
   * Finds what this application put into a folder, by one of its properties: every file, trash left out, whose property
   * `key` has one of the values. What was added moments ago may be missing.
   * @param params.parentId null for the root of the user's own drive
   */
  findByProperty(
    params: { readonly parentId: string | null; readonly key: string; readonly values: readonly string[] },
    signal?: AbortSignal,
  ): Promise<DriveFile[]>;
  /** Ids for files or folders that are to be made; each can be used once. */
  reserveIds(count: number, signal?: AbortSignal): Promise<string[]>;
  /** Makes a folder under a reserved id. Throws `exists` when that id is taken. */
  createFolder(
    params: { readonly id: string; readonly name: string; readonly parentId: string | null },
    signal?: AbortSignal,
  ): Promise<DriveFile>;
  /**
   * Makes a file under a reserved id, or a new revision of one. Throws `exists` when that id is taken, by an earlier try
   * as a rule. What was sent before a fault is not sent again by the next call with the same `session`. A DrivewayError
   * of `open` (the blob store cannot be read) is passed on as it is.
   */
  upload(upload: Upload, signal?: AbortSignal): Promise<DriveFile>;
  /** A read for the picker; the provider's own JSON, or `{mime_type, encoding: "base64", content}` for an export. */
  look(look: DriveLook, signal?: AbortSignal): Promise<unknown>;
}

/**
 * What a provider's refusal means to us:
 * `gone` not there, or not shown to us · `not_allowed` the user or their administrator forbids it ·
 * `try_later` a fault or a limit that passes · `stale_token` the access token was refused, a newer one may do ·
 * `sign_in_again` the grant is dead · `app_refused` our own OAuth client is refused, which only the operator can mend ·
 * `exists` the id is taken · `quota_full` there is no room: of storage, in the folder or in the shared drive ·
 * `refused` the request itself was wrong.
 */
export type DriveErrorKind =
  | "gone"
  | "not_allowed"
  | "try_later"
  | "stale_token"
  | "sign_in_again"
  | "app_refused"
  | "exists"
  | "quota_full"
  | "refused";

/**
 * A provider's refusal or silence. `reason` is the provider's own word, and with `sign_in_again` a `ReauthReason` of the
 * contract; `message` may be shown to the user.
 */
export class DriveError extends Error {
  override readonly name = "DriveError";
  readonly kind: DriveErrorKind;
  readonly reason: string;
  /** The same in words of ours, where it is more than the kind says; null otherwise, as for reasons that nobody knows. */
  readonly meaning: DriveMeaning | null;
  readonly status: number | null;
  /** The parameter that a refusal is about, in the provider's own words; null when it does not say. */
  readonly location: string | null;
  /** How long the provider asked us to wait, when it did. */
  readonly retryAfterMs: number | null;
  /**
   * With `try_later`: how long it is of no use to try again, when that is too long to wait for, as in an outage or at the
   * limit of a day. Whoever can wait puts the work aside for so long. Null otherwise.
   */
  readonly pauseMs: number | null;
  /** True when a limit on the rate of calls was the cause. */
  readonly rateLimited: boolean;
  /** True when the provider did not answer in time, rather than answering with a fault. */
  readonly timedOut: boolean;

  constructor(
    kind: DriveErrorKind,
    message: string,
    facts: {
      reason: string;
      meaning?: DriveMeaning | null;
      status?: number | null;
      location?: string | null;
      retryAfterMs?: number | null;
      pauseMs?: number | null;
      rateLimited?: boolean;
      timedOut?: boolean;
      cause?: unknown;
    },
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.kind = kind;
    this.reason = facts.reason;
    this.meaning = facts.meaning ?? null;
    this.status = facts.status ?? null;
    this.location = facts.location ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.pauseMs = facts.pauseMs ?? null;
    this.rateLimited = facts.rateLimited ?? false;
    this.timedOut = facts.timedOut ?? false;
  }
}
