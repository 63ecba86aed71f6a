import { DriveError } from "../drive.ts";
import {
  askProgress,
  beginSession,
  isLost,
  type Progress,
  type ResumableUpload,
  sendBytes,
  trustedSession,
} from "./resumable-requests.ts";

/** A multiple of 262,144, as every chunk but the last has to be. */
const CHUNK_BYTES = 8 * 1024 * 1024;

interface OpenSession {
  readonly address: URL;
  readonly progress: Progress;
}

/**
 * Uploads in chunks, and goes on with the session that is kept, if there is one. After a break the session is asked how
 * far it got; a second break without progress is the caller's to repeat. Follows the Drive API guide "Perform a
 * resumable upload".
 */
export async function uploadResumable(params: ResumableUpload): Promise<unknown> {
  const { session } = params.upload;
  try {
    const resource = await sendRest(params, (await reopenSession(params)) ?? (await openSession(params)));
    await session?.drop();
    return resource;
  } catch (error) {
    if (endsSession(error)) await session?.drop();
    throw error;
  }
}

/** The session that is kept, as far as Google says that it is; null when there is none, or it is of no use. */
async function reopenSession(params: ResumableUpload): Promise<OpenSession | null> {
  const { session } = params.upload;
  const kept = await session?.load();
  if (kept === null || kept === undefined) return null;
  const address = trustedSession(params.api, kept.address);
  try {
    if (address !== null) return { address, progress: await askProgress(params, address) };
  } catch (error) {
    if (!isLost(error)) throw error;
  }
  await session?.drop();
  return null;
}

async function openSession(params: ResumableUpload): Promise<OpenSession> {
  const address = await beginSession(params);
  await params.upload.session?.save({ address: address.href, confirmedBytes: 0 });
  return { address, progress: { kind: "held", nextByte: 0 } };
}

async function sendRest(params: ResumableUpload, { address, progress }: OpenSession): Promise<unknown> {
  const { session } = params.upload;
  let confirmedBytes = 0;
  let standsStill = false;
  let current = progress;
  while (current.kind === "held") {
    confirmedBytes = Math.max(confirmedBytes, current.nextByte);
    const next = await sendChunk(params, address, { from: current.nextByte, mayBreak: !standsStill });
    if (next.kind === "held") {
      if (standsStill && next.nextByte <= confirmedBytes) throw stillness();
      standsStill = next.nextByte <= confirmedBytes;
      if (!standsStill) await session?.save({ address: address.href, confirmedBytes: next.nextByte });
    }
    current = next;
  }
  return current.resource;
}

/** Sends one chunk. When the answer is missing, or names no byte of it, the session is asked. */
async function sendChunk(
  params: ResumableUpload,
  session: URL,
  { from, mayBreak }: { readonly from: number; readonly mayBreak: boolean },
): Promise<Progress> {
  const to = Math.min(from + CHUNK_BYTES, params.upload.sizeBytes);
  try {
    const progress = await sendBytes(params, session, { from, to });
    if (progress.kind === "done" || progress.nextByte > from) return progress;
  } catch (error) {
    if (!mayBreak || !isBreak(error)) throw error;
  }
  return await askProgress(params, session);
}

function stillness(): DriveError {
  const message = "Google takes the bytes and does not hold them.";
  return new DriveError("try_later", message, { reason: "upload_stands_still" });
}

function isBreak(error: unknown): boolean {
  return error instanceof DriveError && error.kind === "try_later" && !error.rateLimited && !isLost(error);
}

/** A fault that passes, or is about the sign-in, leaves the session as it is. */
function endsSession(error: unknown): boolean {
  if (!(error instanceof DriveError)) return false;
  const isPassing = ["try_later", "stale_token", "sign_in_again", "app_refused"].includes(error.kind);
  return !isPassing || isLost(error);
}
