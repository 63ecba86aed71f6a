import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { clientClosedRequest, invalidCredentials, uploadSessionNotFound } from "../errors.ts";
import { presentFile } from "../present/present-file.ts";
import { receiveChunk } from "../uploads/receive-chunk.ts";
import type { UploadSession } from "../uploads/upload-session.ts";
import { checkTarget, settleTarget } from "../uploads/upload-target.ts";
import { jsonText, originOf, queryOf, sendJsonText } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";
import { bodyOf } from "../../traffic/index.ts";

/** What goes on at a session's address: chunks, status queries and the cancellation of a resumable upload. */
export function registerSession(scope: FastifyInstance, context: DriveContext): void {
  for (const path of ["/upload/drive/v3/files", "/upload/drive/v3/files/:fileId"]) {
    scope.put(path, { config: { kind: "upload.resumable.chunk" } }, (request, reply) =>
      takeChunk(context, request, reply),
    );
    scope.delete(path, { config: { kind: "upload.resumable.cancel" } }, (request) => {
      sessionOf(context, request).cancel();
      throw clientClosedRequest();
    });
  }
}

async function takeChunk(
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
  });
  reply.header("x-guploader-uploadid", queryOf(request, "upload_id"));
  const answer = answerOf(context, session, originOf(request));
  return answer === null ? sendHeld(reply, session) : sendJsonText(reply, answer);
}

/** The session's address is the credential. A token need not be sent; one that is sent must be good. */
function sessionOf(context: DriveContext, request: FastifyRequest): UploadSession {
  const uploadId = queryOf(request, "upload_id");
  if (uploadId === undefined) throw uploadSessionNotFound();
  if (context.authorize(request.headers.authorization).kind === "invalid") throw invalidCredentials();
  return context.sessions.use({ uploadId, sessionCredential: queryOf(request, "session_crd") ?? "" });
}

/** The file's metadata once all bytes are there: now, or at an earlier request. Null as long as some are missing. */
function answerOf(context: DriveContext, session: UploadSession, origin: string): string | null {
  if (session.state.kind === "complete") return session.state.answer;
  if (!session.isFull) return null;
  const { store, now } = context;
  const { caller, target, mask, pretty } = session;
  checkTarget(store, caller, target);
  const file = settleTarget(store, caller, { target, content: session.collected(), nowMs: now() });
  const answer = jsonText(presentFile(file, mask, { store, caller, origin, now }), { pretty });
  session.complete(answer);
  return answer;
}

/** 308, which is no redirect here: `Range` names the bytes held, and is missing when there are none. */
function sendHeld(reply: FastifyReply, session: UploadSession): FastifyReply {
  if (session.heldBytes > 0) reply.header("range", `bytes=0-${session.heldBytes - 1}`);
  return reply.code(308).header("content-length", 0).send();
}
