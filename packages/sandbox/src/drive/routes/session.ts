import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { clientClosedRequest, invalidCredentials, uploadSessionNotFound } from "../errors.ts";
import { presentFile } from "../present/present-file.ts";
import { receiveChunk } from "../uploads/receive-chunk.ts";
import type { UploadSession } from "../uploads/upload-session.ts";
import { checkTarget, settleTarget } from "../uploads/upload-target.ts";
import { jsonText, limitsNow, originOf, queryOf, sendJsonText } from "./call.ts";
import { partyOf } from "./charge-call.ts";
import type { DriveContext } from "./drive-context.ts";
import { bodyOf } from "../../traffic/index.ts";

/**
 * What goes on at a session's address: chunks, status queries and the cancellation of a resumable upload. Chunks come
 * by PUT, or by POST as some clients have it; the POST of a new file is told from them by {@link namesSession}.
 */
export function registerSession(scope: FastifyInstance, context: DriveContext): void {
  const config = { kind: "upload.resumable.chunk" };
  scope.post("/upload/drive/v3/files/:fileId", { config }, (request, reply) =>
    takeChunk(context, request, reply),
  );
  for (const path of ["/upload/drive/v3/files", "/upload/drive/v3/files/:fileId"]) {
    scope.put(path, { config }, (request, reply) => takeChunk(context, request, reply));
    scope.delete(path, { config: { kind: "upload.resumable.cancel" } }, (request) => {
      sessionOf(context, request).cancel();
      throw clientClosedRequest();
    });
  }
}

/** Whether the address is that of a session, and not that of a new upload. */
export function namesSession(request: FastifyRequest): boolean {
  return queryOf(request, "upload_id") !== undefined;
}

/** Takes a chunk, a status query or a whole file. Throws as receiveChunk does, and 404 or 410 without a session. */
export async function takeChunk(
  context: DriveContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = sessionOf(context, request);
  const length = request.headers["content-length"];
  await receiveChunk(session, {
    contentRange: request.headers["content-range"],
    lengthBytes: length === undefined ? null : Number(length),
    body: bodyOf(request),
    mostBytesKept: request.mostBytesKept,
  });
  reply.header("x-guploader-uploadid", queryOf(request, "upload_id"));
  const answer = answerOf(context, session, originOf(request));
  return answer === null ? sendHeld(reply, session) : sendJsonText(reply, answer);
}

/** The session's address is the credential. A token need not be sent; one that is sent must be good. */
function sessionOf(context: DriveContext, request: FastifyRequest): UploadSession {
  const uploadId = queryOf(request, "upload_id");
  const lostStatus = context.settings.current.drive.lostUploadStatus;
  if (uploadId === undefined) throw uploadSessionNotFound();
  if (context.authorize(request.headers.authorization).kind === "invalid") throw invalidCredentials();
  const sessionCredential = queryOf(request, "session_crd") ?? "";
  return context.sessions.use({ uploadId, sessionCredential }, { lostStatus });
}

/** The file's metadata once all bytes are there: now, or at an earlier request. Null as long as some are missing. */
function answerOf(context: DriveContext, session: UploadSession, origin: string): string | null {
  if (session.state.kind === "complete") return session.state.answer;
  if (!session.isFull) return null;
  const { store, now, images } = context;
  const { target, mask, pretty } = session;
  const caller = { ...session.caller, ...limitsNow(context) };
  checkTarget(store, caller, target, session.heldBytes);
  const file = settleTarget(store, caller, { target, content: session.collected(), nowMs: now() });
  context.quotas.countUp(partyOf(caller), session.heldBytes);
  const answer = jsonText(presentFile(file, mask, { store, caller, origin, now, images }), { pretty });
  session.complete(answer);
  return answer;
}

/** 308, which is no redirect here: `Range` names the bytes held, and is missing when there are none. */
function sendHeld(reply: FastifyReply, session: UploadSession): FastifyReply {
  if (session.heldBytes > 0) reply.header("range", `bytes=0-${session.heldBytes - 1}`);
  return reply.code(308).header("content-length", 0).send();
}
