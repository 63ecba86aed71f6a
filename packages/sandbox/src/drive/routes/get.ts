import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { requireFile } from "../caller.ts";
import { forbidden, invalidValue } from "../errors.ts";
import { FILE_SHAPE } from "../fields/resource-shapes.ts";
import { DEFAULT_FILE_MASK, presentFile } from "../present/present-file.ts";
import { fileIdOf, flagOf, maskOf, openCall, queryOf, sendJson } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";
import { sendContent } from "./send-content.ts";

/** files.get: a file's metadata, or its bytes with `alt=media`. */
export function registerGet(scope: FastifyInstance, context: DriveContext): void {
  const config = {
    kind: (request: FastifyRequest) => (asksForMedia(request) ? "files.get.media" : "files.get"),
  };
  scope.get("/drive/v3/files/:fileId", { config }, (request, reply) => {
    const alt = queryOf(request, "alt") ?? "json";
    if (alt !== "json" && alt !== "media") throw invalidValue("alt");
    return alt === "media" ? sendMedia(context, request, reply) : sendMetadata(context, request, reply);
  });
}

function asksForMedia(request: FastifyRequest): boolean {
  return queryOf(request, "alt") === "media";
}

function sendMetadata(context: DriveContext, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { caller, viewer } = openCall(context, request, "readMetadata", "files.get");
  const mask = maskOf(request, FILE_SHAPE, DEFAULT_FILE_MASK);
  const file = requireFile(context.store, caller, fileIdOf(request));
  return sendJson(request, reply, presentFile(file, mask, viewer));
}

function sendMedia(context: DriveContext, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { caller } = openCall(context, request, "readContent", "files.get");
  const file = requireFile(context.store, caller, fileIdOf(request));
  if (file.blob === null) {
    const message = "Only files with binary content can be downloaded. Use Export with Docs Editors files.";
    throw forbidden("fileNotDownloadable", message, "alt");
  }
  if (!file.canDownload) throw forbidden("cannotDownloadFile", "This file cannot be downloaded by the user.");
  if (file.abusive && !flagOf(request, "acknowledgeAbuse")) {
    const message = "This file has been identified as malware or spam and cannot be downloaded.";
    throw forbidden("cannotDownloadAbusiveFile", message);
  }
  return sendContent(request, reply, { content: file.blob.content, mimeType: file.mimeType });
}
