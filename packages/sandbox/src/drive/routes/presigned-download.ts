import type { FastifyInstance } from "fastify";
import { fileNotFound } from "../errors.ts";
import { fileIdOf, queryOf } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";
import { sendContent } from "./send-content.ts";

/**
 * Where a redirected download leads: the bytes for whoever has the address. A credential is not asked for; one that
 * comes nevertheless shows in the request log as who asked, because a client should not have sent it to a foreign host.
 */
export function registerPresignedDownload(scope: FastifyInstance, context: DriveContext): void {
  const config = { kind: "files.get.media.presigned" };
  scope.get("/download/drive/v3/files/:fileId", { config }, (request, reply) => {
    const authorization = context.authorize(request.headers.authorization);
    if (authorization.kind === "ok") request.traffic.email = authorization.account.email;
    const download = context.presigned.find(queryOf(request, "qk") ?? "");
    if (download === null) throw fileNotFound(fileIdOf(request));
    return sendContent(request, reply, download);
  });
}
