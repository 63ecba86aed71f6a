import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type CollectedContent, ContentCollector } from "../content.ts";
import { badRequest } from "../errors.ts";
import { FILE_SHAPE } from "../fields/resource-shapes.ts";
import { DEFAULT_FILE_MASK, presentFile } from "../present/present-file.ts";
import { readMultipartUpload } from "../uploads/read-multipart-upload.ts";
import { settleTarget, type UploadTarget } from "../uploads/upload-target.ts";
import type { FileBody } from "../writing/parse-file-body.ts";
import { fileIdOf, maskOf, openCall, queryOf, sendJson } from "./call.ts";
import { partyOf } from "./charge-call.ts";
import type { DriveContext } from "./drive-context.ts";
import { mediaTypeOf } from "./media-type.ts";
import { namesSession, takeChunk } from "./session.ts";
import { startSession } from "./start-session.ts";
import { bodyOf } from "../../traffic/index.ts";

/** files.create and files.update with an upload: `media`, `multipart`, or the start of a `resumable` one. */
export function registerUpload(scope: FastifyInstance, context: DriveContext): void {
  const config = { kind: uploadKindOf, kinds: UPLOAD_KINDS };
  scope.post("/upload/drive/v3/files", { config }, (request, reply) =>
    takeUpload(context, request, reply, ({ body, mediaType }) => ({ kind: "create", body, mediaType })),
  );
  scope.patch("/upload/drive/v3/files/:fileId", { config }, (request, reply) =>
    takeUpload(context, request, reply, ({ body, mediaType }) => ({
      kind: "change",
      body,
      mediaType,
      fileId: fileIdOf(request),
      addParents: queryOf(request, "addParents"),
      removeParents: queryOf(request, "removeParents"),
    })),
  );
}

const UPLOAD_KINDS = [
  "upload.media",
  "upload.multipart",
  "upload.resumable.start",
  "upload.resumable.chunk",
  "upload.unknown",
] as const;

function uploadKindOf(request: FastifyRequest): string {
  if (namesSession(request)) return "upload.resumable.chunk";
  const uploadType = queryOf(request, "uploadType");
  if (uploadType === "resumable") return "upload.resumable.start";
  return UPLOAD_KINDS.find((kind) => kind === `upload.${uploadType}`) ?? "upload.unknown";
}

interface Described {
  readonly body: FileBody;
  readonly mediaType: string;
}

async function takeUpload(
  context: DriveContext,
  request: FastifyRequest,
  reply: FastifyReply,
  targetOf: (described: Described) => UploadTarget,
): Promise<FastifyReply> {
  if (namesSession(request)) return takeChunk(context, request, reply);
  if (queryOf(request, "uploadType") === "resumable") return startSession(context, request, reply, targetOf);
  const { caller, viewer } = openCall(context, request, "write", "files.create");
  const mask = maskOf(request, FILE_SHAPE, DEFAULT_FILE_MASK);
  const { content, ...described } = await readUpload(request);
  const target = targetOf(described);
  const file = settleTarget(context.store, caller, { target, content, nowMs: context.now() });
  context.quotas.countUp(partyOf(caller), content.content.sizeBytes);
  return sendJson(request, reply, presentFile(file, mask, viewer));
}

async function readUpload(request: FastifyRequest): Promise<Described & { content: CollectedContent }> {
  const contentType = request.headers["content-type"];
  const uploadType = queryOf(request, "uploadType");
  if (uploadType === "media") {
    return { body: {}, mediaType: mediaTypeOf(contentType), content: await collectBody(request) };
  }
  if (uploadType === "multipart") {
    const upload = await readMultipartUpload(bodyOf(request), contentType);
    return { ...upload, mediaType: mediaTypeOf(upload.mediaType) };
  }
  throw badRequest(
    "The uploadType parameter must be media, multipart or resumable.",
    "invalid",
    "uploadType",
  );
}

async function collectBody(request: FastifyRequest): Promise<CollectedContent> {
  const collector = new ContentCollector();
  for await (const piece of bodyOf(request)) collector.add(piece);
  return collector.finish();
}
