import type { DriveAccess, DriveFile, Upload } from "../../drives/index.ts";

/** A file that is to become a blob. */
export interface ReceiveTask {
  /** With threads its calls are answered in the main thread, whatever thread asks. */
  readonly access: DriveAccess;
  readonly file: DriveFile;
  /** The type to ask for where a native document is wanted as a picture; null for a file with bytes of its own. */
  readonly exportAs: string | null;
  readonly blobKey: string;
  readonly maxFileBytes: number;
  /** How long the provider may send nothing. */
  readonly idleMs: number;
  /** Told now and then, and never within the first second, how many bytes have arrived. */
  readonly onProgress: (bytes: number) => void;
}

/** A picture whose bytes are durable under its blob key, as they are and as the picture says of itself. */
export interface ReceivedBlob {
  readonly sizeBytes: number;
  /** Lower hex. */
  readonly sha256: string;
  /** Lower hex; null unless the provider names nothing better. */
  readonly md5: string | null;
  readonly mediaType: string;
  readonly format: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly takenAt: Date | null;
}

/**
 * What came of receiving. `not_intact`: size or checksum are not those of the metadata, or the file was seen to change;
 * reading the metadata anew and trying again may help. Nothing is left in the store of what was refused.
 */
export type ReceiveAnswer =
  | { readonly kind: "received"; readonly blob: ReceivedBlob }
  | { readonly kind: "refused"; readonly reason: "too_large" | "not_an_image" | "not_intact" };

/** A blob that is to become a file. */
export interface SendTask {
  readonly access: DriveAccess;
  /** The functions in it take and return plain data; they are called in the main thread. */
  readonly upload: Omit<Upload, "open">;
  readonly blobKey: string;
  /** Of the blob's bytes as the library has it, lower hex. */
  readonly sha256: string;
  /** As {@link ReceiveTask.onProgress}, of the bytes that have been read for sending. */
  readonly onProgress: (bytes: number) => void;
}

/**
 * Moves the bytes of files between drives and the blob store: sockets, hashing, the picture's structure, the store. An
 * abort ends the connection, leaves nothing staged, and throws the signal's reason.
 */
export interface ByteMover {
  /**
   * Fetches a file into the blob store, through breaks of the connection. Its bytes are durable when it answers.
   * @throws {DriveError} of opening the file, or `try_later` when the connection broke too often or took too long
   * @throws {DrivewayError} `storage_unavailable`
   */
  receive(task: ReceiveTask, signal: AbortSignal): Promise<ReceiveAnswer>;
  /**
   * Uploads a blob. One whose bytes are not those that it should have breaks off before its last byte.
   * @throws {DriveError} as `Drive.upload`
   * @throws {DrivewayError} `storage_unavailable`; one that {@link isDamagedBlob} knows when the bytes are other ones
   */
  send(task: SendTask, signal: AbortSignal): Promise<DriveFile>;
  /** Ends what is under way and gives back what was opened. */
  stop(): Promise<void>;
}
