import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { isDownloadable, requireFile, requireReadableFile } from "../caller.ts";
import { forbidden } from "../errors.ts";
import { FILE_SHAPE } from "../fields/resource-shapes.ts";
import { DEFAULT_FILE_MASK, presentFile } from "../present/present-file.ts";
import { roleOf } from "../sharing/access.ts";
import { isAtLeast, type Role } from "../sharing/role.ts";
import { altOf, fileIdOf, flagOf, maskOf, openCall, readImages, sendJson } from "./call.ts";
import { countDownload } from "./charge-call.ts";
import type { DriveContext } from "./drive-context.ts";
import { sendContent } from "./send-content.ts";

/** files.get: a file's metadata, or its bytes with `alt=media`. */
export function registerGet(scope: FastifyInstance, context: DriveContext): void {
  const config = {
    kind: (request: FastifyRequest) => (asksForMedia(request) ? "files.get.media" : "files.get"),
    kinds: ["files.get", "files.get.media"],
  };
  scope.get("/drive/v3/files/:fileId", { config }, (request, reply) =>
    asksForMedia(request) ? sendMedia(context, request, reply) : sendMetadata(context, request, reply),
  );
}

function asksForMedia(request: FastifyRequest): boolean {
  return altOf(request) === "media";
}

/** Answers at once, unless a picture has to be read first. */
function sendMetadata(
  context: DriveContext,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | Promise<FastifyReply> {
  const { caller, viewer } = openCall(context, request, "readMetadata", "files.get");
  const mask = maskOf(request, FILE_SHAPE, DEFAULT_FILE_MASK);
  if (flagOf(request, "acknowledgeAbuse")) throw acknowledgedWithoutDownload();
  const file = requireFile(context.store, caller, fileIdOf(request));
  const send = () => sendJson(request, reply, presentFile(file, mask, viewer));
  return readImages(context, [file], mask)?.then(send) ?? send();
}

function sendMedia(context: DriveContext, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { caller } = openCall(context, request, "readContent", "files.get");
  const file = requireReadableFile(context.store, caller, fileIdOf(request));
  if (file.blob === null) {
    const message = "Only files with binary content can be downloaded. Use Export with Docs Editors files.";
    throw forbidden("fileNotDownloadable", message, "alt");
  }
  if (file.downloadQuotaExceeded) {
    throw forbidden("downloadQuotaExceeded", "The download quota for this file has been exceeded.");
  }
  if (!isDownloadable(context.store, caller, file)) {
    throw forbidden("cannotDownloadFile", "This file cannot be downloaded by the user.");
  }
  if (file.abusive) requireAcknowledgement(request, roleOf(context.store, caller, file));
  countDownload(context, request, { caller, sizeBytes: file.blob.content.sizeBytes });
  return sendContent(request, reply, { content: file.blob.content, mimeType: file.mimeType });
}

/** Bytes of a flagged file are given to its owner or an organizer of its drive alone, who say that the danger is known. */
function requireAcknowledgement(request: FastifyRequest, role: Role | null): void {
  if (!flagOf(request, "acknowledgeAbuse")) {
    const message = "This file has been identified as malware or spam and cannot be downloaded.";
    throw forbidden("cannotDownloadAbusiveFile", message);
  }
  if (!isAtLeast(role, "organizer")) {
    const message = "Only the owner may download a file that has been identified as malware or spam.";
    throw forbidden("invalidAbuseAcknowledgment", message, "acknowledgeAbuse");
  }
}

function acknowledgedWithoutDownload() {
  const message = "The acknowledgeAbuse parameter is only applicable for download requests.";
  return forbidden("invalidAbuseAcknowledgment", message, "acknowledgeAbuse");
}
