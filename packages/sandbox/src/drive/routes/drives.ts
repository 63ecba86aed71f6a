import type { FastifyInstance, FastifyRequest } from "fastify";
import { invalidValue, requiredParameter } from "../errors.ts";
import type { FieldMask } from "../fields/parse-fields.ts";
import { DRIVE_LIST_SHAPE, DRIVE_SHAPE } from "../fields/resource-shapes.ts";
import { asksFor, maskWithin, selectFields } from "../fields/select-fields.ts";
import { listDrives } from "../listing/list-drives.ts";
import { isHidden, presentDrive } from "../present/present-drive.ts";
import { changeDrive, createDrive, deleteDrive, hideDrive } from "../writing/change-drive.ts";
import { parseObject, textIn } from "../writing/json-object.ts";
import { requireSharedDrive } from "../writing/require-shared-drive.ts";
import { maskOf, numberOf, openCall, queryOf, sendJson } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";
import { jsonTextOf } from "./file-body.ts";

const ALL = "/drive/v3/drives";
const ONE = "/drive/v3/drives/:driveId";
const DEFAULT_PAGE_SIZE = 10;
const LARGEST_PAGE_SIZE = 100;
const DEFAULT_MASK: FieldMask = new Map(["kind", "id", "name"].map((name) => [name, "all"]));
const DEFAULT_LIST_MASK: FieldMask = new Map<string, FieldMask>([
  ["kind", "all"],
  ["nextPageToken", "all"],
  ["drives", DEFAULT_MASK],
]);

/** drives.list, get, create, update, delete, hide and unhide: the shared drives of which the user is a member. */
export function registerDrives(scope: FastifyInstance, context: DriveContext): void {
  registerReading(scope, context);
  registerWriting(scope, context);
  registerHiding(scope, context);
}

function registerReading(scope: FastifyInstance, context: DriveContext): void {
  const { store } = context;
  scope.get(ALL, { config: { kind: "drives.list" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "readDrives", "drives.list");
    const mask = maskOf(request, DRIVE_LIST_SHAPE, DEFAULT_LIST_MASK);
    const pageSize = numberOf(request, "pageSize", { least: 1 }) ?? DEFAULT_PAGE_SIZE;
    if (pageSize > LARGEST_PAGE_SIZE) throw invalidValue("pageSize");
    const asked = { q: queryOf(request, "q"), pageSize, pageToken: queryOf(request, "pageToken") };
    const page = listDrives({ store, caller, isHidden: (drive) => isHidden(drive, viewer) }, asked);
    const within = maskWithin(mask, "drives");
    return sendJson(request, reply, {
      ...(asksFor(mask, "kind") && { kind: "drive#driveList" }),
      ...(asksFor(mask, "nextPageToken") && page.nextPageToken && { nextPageToken: page.nextPageToken }),
      ...(asksFor(mask, "drives") && {
        drives: page.drives.map((drive) => selectFields(presentDrive(drive, viewer), within)),
      }),
    });
  });
  scope.get(ONE, { config: { kind: "drives.get" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "readDrives", "drives.get");
    const mask = maskOf(request, DRIVE_SHAPE, DEFAULT_MASK);
    const drive = requireSharedDrive(store, caller, driveIdOf(request));
    return sendJson(request, reply, selectFields(presentDrive(drive, viewer), mask));
  });
}

function registerWriting(scope: FastifyInstance, context: DriveContext): void {
  const { store } = context;
  const requestIds = new Set<string>();
  scope.post(ALL, { config: { kind: "drives.create" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "writeDrives", "drives.create");
    const mask = maskOf(request, DRIVE_SHAPE, DEFAULT_MASK);
    const requestId = queryOf(request, "requestId");
    if (!requestId) throw requiredParameter("Required parameter: requestId", "requestId");
    const name = textIn(parseObject(jsonTextOf(request)), "name");
    if (!name) throw requiredParameter("The name field is required.", "name");
    const drive = createDrive(store, caller, { name, requestId, requestIds });
    return sendJson(request, reply, selectFields(presentDrive(drive, viewer), mask));
  });
  scope.patch(ONE, { config: { kind: "drives.update" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "writeDrives", "drives.update");
    const mask = maskOf(request, DRIVE_SHAPE, DEFAULT_MASK);
    const body = parseObject(jsonTextOf(request));
    const change = { name: textIn(body, "name"), copyRequiresWriterPermission: restrictionIn(body) };
    const drive = changeDrive(store, caller, { driveId: driveIdOf(request), ...change });
    return sendJson(request, reply, selectFields(presentDrive(drive, viewer), mask));
  });
  scope.delete(ONE, { config: { kind: "drives.delete" } }, (request, reply) => {
    const { caller } = openCall(context, request, "writeDrives", "drives.delete");
    deleteDrive(store, caller, driveIdOf(request));
    return reply.code(204).header("content-type", "text/html").send();
  });
}

function registerHiding(scope: FastifyInstance, context: DriveContext): void {
  for (const verb of ["hide", "unhide"] as const) {
    scope.post(`${ONE}/${verb}`, { config: { kind: `drives.${verb}` } }, (request, reply) => {
      const { caller, viewer } = openCall(context, request, "writeDrives", `drives.${verb}`);
      const mask = maskOf(request, DRIVE_SHAPE, DEFAULT_MASK);
      const drive = hideDrive(context.store, caller, driveIdOf(request), verb === "hide");
      return sendJson(request, reply, selectFields(presentDrive(drive, viewer), mask));
    });
  }
}

function restrictionIn(body: Record<string, unknown>): boolean | undefined {
  const restrictions = body.restrictions ?? {};
  if (typeof restrictions !== "object") throw invalidValue("restrictions");
  const { copyRequiresWriterPermission } = restrictions as { copyRequiresWriterPermission?: unknown };
  if (copyRequiresWriterPermission === undefined || typeof copyRequiresWriterPermission === "boolean")
    return copyRequiresWriterPermission;
  throw invalidValue("restrictions.copyRequiresWriterPermission");
}

function driveIdOf(request: FastifyRequest): string {
  return (request.params as { driveId: string }).driveId;
}
