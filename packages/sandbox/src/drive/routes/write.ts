import type { FastifyInstance } from "fastify";
import { FILE_SHAPE } from "../fields/resource-shapes.ts";
import { DEFAULT_FILE_MASK, presentFile } from "../present/present-file.ts";
import { changeFile } from "../writing/change-file.ts";
import { createFile } from "../writing/create-file.ts";
import { deleteFile } from "../writing/delete-file.ts";
import { fileIdOf, maskOf, openCall, queryOf, sendJson } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";
import { fileBodyOf } from "./file-body.ts";

/** files.create, files.update and files.delete without uploads. */
export function registerWrite(scope: FastifyInstance, context: DriveContext): void {
  registerCreate(scope, context);
  registerUpdate(scope, context);
  registerDelete(scope, context);
}

function registerCreate(scope: FastifyInstance, context: DriveContext): void {
  scope.post("/drive/v3/files", { config: { kind: "files.create" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "write", "files.create");
    const mask = maskOf(request, FILE_SHAPE, DEFAULT_FILE_MASK);
    const creation = { body: fileBodyOf(request), mediaType: null, content: null };
    return sendJson(request, reply, presentFile(createFile(context.store, caller, creation), mask, viewer));
  });
}

function registerUpdate(scope: FastifyInstance, context: DriveContext): void {
  scope.patch("/drive/v3/files/:fileId", { config: { kind: "files.update" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "write", "files.update");
    const mask = maskOf(request, FILE_SHAPE, DEFAULT_FILE_MASK);
    const file = changeFile(context.store, caller, {
      fileId: fileIdOf(request),
      body: fileBodyOf(request),
      addParents: queryOf(request, "addParents"),
      removeParents: queryOf(request, "removeParents"),
      mediaType: null,
      content: null,
      nowMs: context.now(),
    });
    return sendJson(request, reply, presentFile(file, mask, viewer));
  });
}

/** Deletes for good, past the trash; a folder goes with all that is in it. */
function registerDelete(scope: FastifyInstance, context: DriveContext): void {
  scope.delete("/drive/v3/files/:fileId", { config: { kind: "files.delete" } }, (request, reply) => {
    const { caller } = openCall(context, request, "write", "files.delete");
    deleteFile(context.store, caller, fileIdOf(request));
    return reply.code(204).header("content-type", "text/html").send();
  });
}
