import type { FastifyInstance } from "fastify";
import { FILE_SHAPE } from "../fields/resource-shapes.ts";
import { DEFAULT_FILE_MASK, presentFile } from "../present/present-file.ts";
import { copyFile } from "../writing/copy-file.ts";
import { fileIdOf, maskOf, openCall, sendJson } from "./call.ts";
import { partyOf } from "./charge-call.ts";
import type { DriveContext } from "./drive-context.ts";
import { fileBodyOf } from "./file-body.ts";

/** files.copy: a file more with the same bytes. */
export function registerCopy(scope: FastifyInstance, context: DriveContext): void {
  scope.post("/drive/v3/files/:fileId/copy", { config: { kind: "files.copy" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "write", "files.copy");
    const mask = maskOf(request, FILE_SHAPE, DEFAULT_FILE_MASK);
    const copy = copyFile(context.store, caller, { fileId: fileIdOf(request), body: fileBodyOf(request) });
    context.quotas.countUp(partyOf(caller), copy.blob?.content.sizeBytes ?? 0);
    return sendJson(request, reply, presentFile(copy, mask, viewer));
  });
}
