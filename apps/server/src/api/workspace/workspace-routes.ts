import { DeleteWorkspaceReply, DeleteWorkspaceRequest } from "@driveway/contract";
import type { Departures } from "../../departures/index.ts";
import type { ApiServer } from "../api-server.ts";
import { principalOf } from "../principal-of.ts";

const MESSAGE =
  "The workspace is being deleted with all that is in it. Its sessions and keys are not accepted any more.";

/** The workspace as a whole: delete it. */
export function workspaceRoutes(app: ApiServer, parts: { readonly departures: Departures }): void {
  const schema = {
    tags: ["Members"],
    operationId: "deleteWorkspace",
    summary: "Delete the workspace: members, connections, jobs, images, everything",
    body: DeleteWorkspaceRequest,
    response: { 200: DeleteWorkspaceReply },
  };
  app.delete("/api/v2/workspace", { schema }, async (request) => {
    await parts.departures.deleteWorkspace({ actor: principalOf(request), confirm: request.body.confirm });
    return { success: true as const, message: MESSAGE };
  });
}
