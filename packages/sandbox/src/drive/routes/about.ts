import type { FastifyInstance } from "fastify";
import { requiredParameter } from "../errors.ts";
import { ABOUT_SHAPE } from "../fields/resource-shapes.ts";
import { selectFields } from "../fields/select-fields.ts";
import { presentAbout } from "../present/present-about.ts";
import { maskOf, openCall, queryOf, sendJson } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";

/** about.get: the user and the storage. It has no default fields: without a mask it is 400 `required`. */
export function registerAbout(scope: FastifyInstance, context: DriveContext): void {
  scope.get("/drive/v3/about", { config: { kind: "about" } }, (request, reply) => {
    const { caller } = openCall(context, request, "readMetadata", "about.get");
    if (!queryOf(request, "fields")) {
      throw requiredParameter("The 'fields' parameter is required for this method.", "fields");
    }
    const mask = maskOf(request, ABOUT_SHAPE, "all");
    const about = presentAbout(context.store, caller.account, caller.storageLimitBytes);
    return sendJson(request, reply, selectFields(about, mask));
  });
}
