import { Readable } from "node:stream";
import { DriveError, type Upload } from "../drive.ts";
import { type ApiAnswer, type GoogleApi, parseAnswer } from "./google-api.ts";
import { readBody } from "./read-body.ts";
import { readSlice } from "./read-slice.ts";
import { readTrustedAddress } from "./read-trusted-address.ts";

/** A multiple of 262,144, as every chunk but the last has to be. */
const CHUNK_BYTES = 8 * 1024 * 1024;
const FILE_JSON_BYTES = 1024 * 1024;
const RESUME_INCOMPLETE = 308;

interface ResumableUpload {
  readonly api: GoogleApi;
  readonly upload: Upload;
  /** The file's metadata as JSON. */
  readonly metadata: string;
  readonly query: string;
  readonly signal: AbortSignal | undefined;
}

type Progress =
  | { readonly kind: "held"; readonly nextByte: number }
  | { readonly kind: "done"; readonly resource: unknown };

/**
 * Uploads in chunks. After a break the session is asked how far it got and goes on from there; a second break without
 * progress is the caller's to retry. Follows the Drive API guide "Perform a resumable upload".
 */
export async function uploadResumable(params: ResumableUpload): Promise<unknown> {
  const session = await beginSession(params);
  let nextByte = 0;
  let brokenAt = -1;
  for (;;) {
    const progress = await sendChunk(params, session, nextByte).catch(async (error: unknown) => {
      if (!isBreak(error) || brokenAt === nextByte) throw error;
      brokenAt = nextByte;
      return await askProgress(params, session);
    });
    if (progress.kind === "done") return progress.resource;
    nextByte = progress.nextByte;
  }
}

function isBreak(error: unknown): boolean {
  return (
    error instanceof DriveError && error.kind === "try_later" && !error.rateLimited && error.reason !== LOST
  );
}

async function beginSession({ api, upload, metadata, query, signal }: ResumableUpload): Promise<URL> {
  const answer = await api.send({
    method: "POST",
    url: `/upload/drive/v3/files?uploadType=resumable&${query}`,
    headers: {
      "content-type": "application/json; charset=UTF-8",
      "x-upload-content-type": upload.mimeType,
      "x-upload-content-length": String(upload.sizeBytes),
    },
    body: metadata,
    signal,
  });
  if (answer.status !== 200) throw await api.refusalOf(answer);
  answer.body.on("error", () => {}).resume();
  // The session gets our token, so it has to be Google's.
  const session = readTrustedAddress({
    location: answer.header("location"),
    base: api.root,
    apiRoot: api.root,
  });
  if (session === null) {
    throw new DriveError("try_later", "Google's answer was not intelligible.", {
      reason: "no_upload_session",
    });
  }
  return session;
}

async function sendChunk(params: ResumableUpload, session: URL, from: number): Promise<Progress> {
  const { upload } = params;
  const to = Math.min(from + CHUNK_BYTES, upload.sizeBytes);
  const answer = await params.api.send({
    method: "PUT",
    url: session,
    headers: {
      "content-length": String(to - from),
      "content-range": `bytes ${from}-${to - 1}/${upload.sizeBytes}`,
    },
    body: Readable.from(readSlice(upload, from, to), { objectMode: false }),
    signal: params.signal,
  });
  return await progressOf(params.api, answer);
}

async function askProgress(params: ResumableUpload, session: URL): Promise<Progress> {
  const answer = await params.api.send({
    method: "PUT",
    url: session,
    headers: { "content-length": "0", "content-range": `bytes */${params.upload.sizeBytes}` },
    signal: params.signal,
  });
  return await progressOf(params.api, answer);
}

const LOST = "upload_session_lost";

async function progressOf(api: GoogleApi, answer: ApiAnswer): Promise<Progress> {
  if (answer.status === RESUME_INCOMPLETE) {
    answer.body.on("error", () => {}).resume();
    const last = /^bytes=0-(\d+)$/.exec(answer.header("range") ?? "")?.[1];
    return { kind: "held", nextByte: last === undefined ? 0 : Number(last) + 1 };
  }
  if (answer.status === 200 || answer.status === 201) {
    const body = await readBody(answer.body, FILE_JSON_BYTES);
    return { kind: "done", resource: parseAnswer(body.toString("utf8")) };
  }
  const error = await api.refusalOf(answer);
  if (answer.status !== 404 && answer.status !== 410 && answer.status !== 499) throw error;
  throw new DriveError("try_later", "Google has lost the upload; it begins again.", {
    reason: LOST,
    cause: error,
  });
}
