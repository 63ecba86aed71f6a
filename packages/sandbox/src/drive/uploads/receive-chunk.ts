import { badRequest, DriveError, uploadGap } from "../errors.ts";
import { ChunkWriter } from "./chunk-writer.ts";
import { type ContentRange, parseContentRange } from "./content-range.ts";
import type { UploadSession } from "./upload-session.ts";

/** A request to an upload session. */
export interface ChunkRequest {
  readonly contentRange: string | undefined;
  /** From Content-Length; null when the length shows only at the end. */
  readonly lengthBytes: number | null;
  readonly body: AsyncIterable<Uint8Array>;
  /** No more than so many of its bytes are kept; null for all. */
  readonly mostBytesKept: number | null;
}

/**
 * Takes what one PUT brings to a session: a chunk, a status query, or the whole file at once. Afterwards the session
 * tells how much it holds and whether it is full. A session that is complete takes nothing more, and of a request that
 * is refused nothing is kept, neither bytes nor the size that it told.
 * Throws 400 for ranges and lengths that contradict each other, 499 after a cancellation, 503 for a gap.
 * Follows "Perform a resumable upload" of the Drive guides.
 */
export async function receiveChunk(session: UploadSession, request: ChunkRequest): Promise<void> {
  session.requireAlive();
  const range = parseContentRange(request.contentRange);
  if (session.state.kind === "complete") return;
  if (range === null) await keepUnlessRefused(session, request, () => receiveWhole(session, request));
  else if (range.kind === "chunk")
    await keepUnlessRefused(session, request, () => receiveRange(session, range, request));
  else if (range.totalBytes !== null) session.settleTotal(range.totalBytes);
  session.requireAlive();
}

/**
 * Bytes are held as they come, so that they outlive a broken connection. A body that tells its length has it or breaks
 * off; of one that does not, only its end shows that it is another than was said.
 */
async function keepUnlessRefused(
  session: UploadSession,
  { lengthBytes }: ChunkRequest,
  receive: () => Promise<void>,
): Promise<void> {
  if (lengthBytes !== null) return receive();
  const takeBack = session.mark();
  try {
    await receive();
  } catch (error) {
    if (error instanceof DriveError) takeBack();
    throw error;
  }
}

async function receiveWhole(
  session: UploadSession,
  { lengthBytes, body, mostBytesKept }: ChunkRequest,
): Promise<void> {
  if (lengthBytes !== null) session.settleTotal(lengthBytes);
  const writer = new ChunkWriter(session, 0, mostBytesKept);
  let received = 0;
  for await (const piece of body) {
    received += piece.byteLength;
    if (session.admits(received)) writer.write(piece);
  }
  session.settleTotal(received);
  writer.finish();
}

async function receiveRange(
  session: UploadSession,
  { start, end, totalBytes }: ContentRange & { kind: "chunk" },
  { lengthBytes, body, mostBytesKept }: ChunkRequest,
): Promise<void> {
  if (start > session.heldBytes) throw uploadGap(start, session.heldBytes);
  if (lengthBytes !== null && lengthBytes !== end - start) throw lengthMismatch();
  if (!session.admits(end)) throw behindEnd();
  if (totalBytes !== null) {
    if (lengthBytes === null) session.requireTotal(totalBytes);
    else session.settleTotal(totalBytes);
  }
  const writer = new ChunkWriter(session, start, mostBytesKept);
  let left = end - start;
  for await (const piece of body) {
    left -= piece.byteLength;
    if (left >= 0) writer.write(piece);
  }
  if (left !== 0) throw lengthMismatch();
  if (totalBytes !== null) session.settleTotal(totalBytes);
  if (end === totalBytes) writer.finish();
}

function behindEnd() {
  return badRequest("Invalid request. The chunk ends behind the size of the upload stated before.");
}

function lengthMismatch() {
  return badRequest("Invalid request. The body is not as long as the Content-Range header says.");
}
