import type { FastifyInstance } from "fastify";
import { emptyTrash } from "../writing/delete-file.ts";
import { openCall, queryOf } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";

/** files.emptyTrash: the user's trash, or with `driveId` that of a shared drive. It takes the scope drive. */
export function registerEmptyTrash(scope: FastifyInstance, context: DriveContext): void {
  scope.delete("/drive/v3/files/trash", { config: { kind: "files.emptyTrash" } }, (request, reply) => {
    const { caller } = openCall(context, request, "writeDrives", "files.emptyTrash");
    emptyTrash(context.store, caller, queryOf(request, "driveId"));
    return reply.code(204).header("content-type", "text/html").send();
  });
}
