import type { FastifyInstance } from "fastify";
import { invalidValue } from "../errors.ts";
import { GENERATED_IDS_SHAPE } from "../fields/resource-shapes.ts";
import { selectFields } from "../fields/select-fields.ts";
import { maskOf, numberOf, openCall, queryOf, sendJson } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";

const DEFAULT_COUNT = 10;
const LARGEST_COUNT = 1000;
const TYPES = new Set(["files", "shortcuts"]);

/**
 * files.generateIds: ids reserved for later creations, so that a creation repeated makes no second file. Ids for
 * the space of an application's own data are refused with 400 `invalid`: there is no such space here.
 */
export function registerGenerateIds(scope: FastifyInstance, context: DriveContext): void {
  scope.get("/drive/v3/files/generateIds", { config: { kind: "generateIds" } }, (request, reply) => {
    const { caller } = openCall(context, request, "write", "files.generateIds");
    const mask = maskOf(request, GENERATED_IDS_SHAPE, "all");
    const count = numberOf(request, "count", { least: 1 }) ?? DEFAULT_COUNT;
    if (count > LARGEST_COUNT) throw invalidValue("count");
    if ((queryOf(request, "space") ?? "drive") !== "drive") throw invalidValue("space");
    if (!TYPES.has(queryOf(request, "type") ?? "files")) throw invalidValue("type");
    const ids = context.store.reserveIds(caller.account.sub, count);
    return sendJson(request, reply, selectFields({ kind: "drive#generatedIds", space: "drive", ids }, mask));
  });
}
