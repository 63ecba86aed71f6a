import { Readable } from "node:stream";
import { DriveError, type Upload } from "../drive.ts";
import { type ApiAnswer, type GoogleApi, parseAnswer } from "./google-api.ts";
import { networkError } from "./network-error.ts";
import { readBody } from "./read-body.ts";
import { readSlice } from "./read-slice.ts";
import { readTrustedAddress } from "./read-trusted-address.ts";

const FILE_JSON_BYTES = 1024 * 1024;
const RESUME_INCOMPLETE = 308;
/** Of a session: it is gone, was cancelled, or knows of other bytes than we. 409 is not one: the file's id is taken. */
const LOST_STATUSES = new Set([400, 404, 410, 412, 416, 499]);
const LOST = "upload_session_lost";

export interface ResumableUpload {
  readonly api: GoogleApi;
  readonly upload: Upload;
  /** The request that begins a session, with the file's metadata as JSON. */
  readonly start: { readonly method: "POST" | "PATCH"; readonly url: string; readonly metadata: string };
  readonly signal: AbortSignal | undefined;
}

/** How far a session is: the first byte that it does not hold, or the file that was made. */
export type Progress =
  | { readonly kind: "held"; readonly nextByte: number }
  | { readonly kind: "done"; readonly resource: unknown };

/** Begins a session. Its address gets our token, so it has to be Google's. */
export async function beginSession({ api, upload, start, signal }: ResumableUpload): Promise<URL> {
  const answer = await api.send({
    method: start.method,
    url: start.url,
    headers: {
      "content-type": "application/json; charset=UTF-8",
      "x-upload-content-type": upload.mimeType,
      "x-upload-content-length": String(upload.sizeBytes),
    },
    body: start.metadata,
    signal,
  });
  if (answer.status !== 200) throw await api.refusalOf(answer);
  answer.body.on("error", () => {}).resume();
  const session = trustedSession(api, answer.header("location"));
  if (session !== null) return session;
  const facts = { reason: "no_upload_session" };
  throw new DriveError("try_later", "Google's answer was not intelligible.", facts);
}

/** The address of a session, or null when it is none of Google's. */
export function trustedSession(api: GoogleApi, address: string | null): URL | null {
  return readTrustedAddress({ location: address, base: api.root, apiRoot: api.root });
}

/** Sends the bytes `[from, to)`. */
export async function sendBytes(
  params: ResumableUpload,
  session: URL,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Progress> {
  const { upload, api, signal } = params;
  const answer = await api.send({
    method: "PUT",
    url: session,
    headers: {
      "content-length": String(to - from),
      "content-range": `bytes ${from}-${to - 1}/${upload.sizeBytes}`,
    },
    body: Readable.from(readSlice(upload, from, to), { objectMode: false }),
    signal,
  });
  return await progressOf(params, answer);
}

/** Asks the session how far it is. */
export async function askProgress(params: ResumableUpload, session: URL): Promise<Progress> {
  const answer = await params.api.send({
    method: "PUT",
    url: session,
    headers: { "content-length": "0", "content-range": `bytes */${params.upload.sizeBytes}` },
    signal: params.signal,
  });
  return await progressOf(params, answer);
}

/** True when the session is of no use any more, and another has to begin. */
export function isLost(error: unknown): boolean {
  return error instanceof DriveError && error.reason === LOST;
}

async function progressOf({ api, upload, signal }: ResumableUpload, answer: ApiAnswer): Promise<Progress> {
  if (answer.status === RESUME_INCOMPLETE) {
    answer.body.on("error", () => {}).resume();
    const last = /^bytes=0-(\d{1,15})$/.exec(answer.header("range") ?? "")?.[1];
    const nextByte = last === undefined ? 0 : Number(last) + 1;
    // It holds everything, and still there is no file: nothing is left that could be sent.
    if (nextByte >= upload.sizeBytes) throw lost(undefined);
    return { kind: "held", nextByte };
  }
  if (answer.status === 200 || answer.status === 201) {
    const body = await readBody(answer.body, FILE_JSON_BYTES).catch((cause: unknown) => {
      throw networkError(cause, signal);
    });
    return { kind: "done", resource: parseAnswer(body.toString("utf8")) };
  }
  const error = await api.refusalOf(answer);
  throw LOST_STATUSES.has(answer.status) ? lost(error) : error;
}

function lost(cause: DriveError | undefined): DriveError {
  const message = "Google has lost the upload; it begins again.";
  return new DriveError("try_later", message, { reason: LOST, cause });
}
