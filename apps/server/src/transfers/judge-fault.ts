import { DriveError } from "../drives/index.ts";
import { DrivewayError } from "../platform/index.ts";
import {
  DISCONNECTED,
  type ItemError,
  itemError,
  itemErrorOf,
  REAUTH_REQUIRED,
  stopReasonOf,
} from "./item-errors.ts";
import { StopJobError } from "./stop-job-error.ts";

/** How long a chunk waits whose way is blocked by what only the operator can mend. */
const OPERATOR_PAUSE_MS = 60_000;
/** How long a chunk waits for the storage of images before it looks again. */
const STORAGE_PAUSE_MS = 10_000;
/** Deliveries of a chunk that meet a limit or a fault of our own, before its items fail by it. */
const DELIVERIES = 5;
/** The same for a fault of the Drive that met one file at every try: it may be the file, which somebody waits for. */
const DELIVERIES_OF_ONE_FILE = 2;
/** The reason of the pace when an account has uploaded what the provider takes in a day. */
const UPLOAD_LIMIT = "upload_limit_day";
/** Up to this share of a pause is put on top at random, so that many chunks do not come back at one moment. */
const JITTER = 0.25;

/** What a fault on the way means for the work. */
export type FaultVerdict =
  /** It meets the whole job, which ends. */
  | { readonly kind: "stop"; readonly endState: "failed" | "cancelled"; readonly reason: ItemError }
  /** It passes, but not soon: the chunk is put back and fails nothing, however often it takes. */
  | { readonly kind: "pause"; readonly code: string; readonly pauseMs: number }
  /** It is about the one file. */
  | { readonly kind: "item"; readonly error: ItemError }
  /** It is about the Drive or ourselves: the chunk is delivered so often in all, and at last its items fail. */
  | { readonly kind: "again"; readonly error: ItemError; readonly deliveries: number };

/** Judges what ended the work on an item, or on a chunk as a whole. */
export function judgeFault(error: unknown): FaultVerdict {
  if (error instanceof StopJobError) return { kind: "stop", endState: "failed", reason: error.reason };
  if (error instanceof DriveError) return judgeDriveError(error);
  if (error instanceof DrivewayError) return judgeOwnError(error);
  return again(itemError("internal_error"));
}

function again(error: ItemError, deliveries = DELIVERIES): FaultVerdict {
  return { kind: "again", error, deliveries };
}

function judgeOwnError({ code }: DrivewayError): FaultVerdict {
  if (code === "connection_not_found") return { kind: "stop", endState: "cancelled", reason: DISCONNECTED };
  if (code === "REAUTH_REQUIRED") return { kind: "stop", endState: "failed", reason: REAUTH_REQUIRED };
  if (code === "sealing_key_missing") return { kind: "pause", code, pauseMs: OPERATOR_PAUSE_MS };
  if (code === "storage_unavailable") return { kind: "pause", code, pauseMs: STORAGE_PAUSE_MS };
  return again(itemError("internal_error"));
}

function judgeDriveError(error: DriveError): FaultVerdict {
  const reason = stopReasonOf(error);
  if (reason !== null) return { kind: "stop", endState: "failed", reason };
  const itsError = itemErrorOf(error);
  if (error.kind === "app_refused") return { kind: "pause", code: itsError.code, pauseMs: OPERATOR_PAUSE_MS };
  if (error.pauseMs !== null) {
    // Uploads that are over for the day are no rate limit that anybody could wait out.
    const code = error.reason === UPLOAD_LIMIT ? UPLOAD_LIMIT : itsError.code;
    return { kind: "pause", code, pauseMs: error.pauseMs };
  }
  if (error.kind !== "try_later") return { kind: "item", error: itsError };
  // A limit on the rate is nobody's fault; anything else that passes was tried several times already.
  return again(itsError, error.rateLimited ? DELIVERIES : DELIVERIES_OF_ONE_FILE);
}

/**
 * Whole seconds that a pause lasts.
 * @param random from 0 to 1
 */
export function pauseSeconds(pauseMs: number, random: number): number {
  return Math.max(1, Math.ceil((pauseMs * (1 + JITTER * random)) / 1000));
}
