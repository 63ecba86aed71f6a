import { DriveError } from "../../drives/index.ts";

/** What a file may take that has no bytes: opening it with all repetitions, and making it durable. */
const LEAST_MS = 10 * 60 * 1000;
/** Slower than this nobody waits for the file: its slot would serve hundreds of others meanwhile. */
const LEAST_BYTES_PER_SECOND = 64 * 1024;
/** What is assumed of a file whose size the provider does not name, as of native documents, which are small. */
const UNKNOWN_SIZE_BYTES = 256 * 1024 * 1024;

/** How long a file of this size may take in all. */
export function totalTimeoutMs(sizeBytes: number | null): number {
  return LEAST_MS + Math.ceil(((sizeBytes ?? UNKNOWN_SIZE_BYTES) / LEAST_BYTES_PER_SECOND) * 1000);
}

/** Why a transfer was ended that took longer. */
export function tookTooLong(): DriveError {
  const message = "The Drive sends the file too slowly.";
  return new DriveError("try_later", message, { reason: "too_slow", timedOut: true });
}
