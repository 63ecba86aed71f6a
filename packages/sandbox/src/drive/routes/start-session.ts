import type { FastifyReply, FastifyRequest } from "fastify";
import { badRequest } from "../errors.ts";
import { FILE_SHAPE } from "../fields/resource-shapes.ts";
import { DEFAULT_FILE_MASK } from "../present/present-file.ts";
import type { SessionKey } from "../uploads/upload-sessions.ts";
import { UploadSession } from "../uploads/upload-session.ts";
import { checkTarget, type UploadTarget } from "../uploads/upload-target.ts";
import { type FileBody, parseFileJson } from "../writing/parse-file-body.ts";
import { isPretty, maskOf, openCall, originOf } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";
import { mediaTypeOf } from "./media-type.ts";
import { bodyOf } from "../../traffic/index.ts";

/**
 * Starts a resumable upload: 200 without a body, and the session's address in `Location`. What can be checked now is:
 * the parent, the id, the right to write, and the room when the size is told. The query of the start stays in the address and shapes the last answer.
 */
export async function startSession(
  context: DriveContext,
  request: FastifyRequest,
  reply: FastifyReply,
  targetOf: (described: { body: FileBody; mediaType: string }) => UploadTarget,
): Promise<FastifyReply> {
  const { caller } = openCall(context, request, "write", "files.create");
  const mask = maskOf(request, FILE_SHAPE, DEFAULT_FILE_MASK);
  const target = targetOf({
    body: parseFileJson(await textOf(request)),
    mediaType: mediaTypeOf(headerOf(request, "x-upload-content-type"), "X-Upload-Content-Type"),
  });
  const totalBytes = sizeOf(headerOf(request, "x-upload-content-length"));
  checkTarget(context.store, caller, target, totalBytes);
  const key = context.sessions.open(
    new UploadSession({ caller, target, mask, pretty: isPretty(request), totalBytes }),
  );
  return reply
    .header("location", addressOf(request, key))
    .header("x-guploader-uploadid", key.uploadId)
    .header("content-type", "text/plain; charset=utf-8")
    .header("content-length", 0)
    .send();
}

async function textOf(request: FastifyRequest): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of bodyOf(request)) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === "string" ? value : undefined;
}

/** In bytes; null when it is not told. Throws 400 for what is no size. */
function sizeOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const sizeBytes = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(sizeBytes)) throw badRequest("Invalid X-Upload-Content-Length header.");
  return sizeBytes;
}

function addressOf(request: FastifyRequest, { uploadId, sessionCredential }: SessionKey): string {
  const address = new URL(request.url, originOf(request));
  address.searchParams.set("upload_id", uploadId);
  address.searchParams.set("session_crd", sessionCredential);
  return address.href;
}
