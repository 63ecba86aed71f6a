import type { FastifyInstance, FastifyRequest } from "fastify";
import { PERMISSION_LIST_SHAPE, PERMISSION_SHAPE } from "../fields/resource-shapes.ts";
import { asksFor, maskWithin } from "../fields/select-fields.ts";
import type { FieldMask } from "../fields/parse-fields.ts";
import { DEFAULT_PERMISSION_MASK, presentPermission } from "../present/present-permission.ts";
import {
  addPermission,
  changePermission,
  listPermissions,
  removePermission,
  requirePermission,
} from "../writing/change-permissions.ts";
import { parsePermissionBody, parseRoleBody } from "../writing/parse-permission-body.ts";
import { fileIdOf, maskOf, openCall, sendJson } from "./call.ts";
import type { DriveContext } from "./drive-context.ts";
import { jsonTextOf } from "./file-body.ts";

const ALL = "/drive/v3/files/:fileId/permissions";
const ONE = "/drive/v3/files/:fileId/permissions/:permissionId";
const DEFAULT_LIST_MASK: FieldMask = new Map<string, FieldMask>([
  ["kind", "all"],
  ["permissions", DEFAULT_PERMISSION_MASK],
]);

/**
 * permissions.list, get, create, update and delete: who may use a file, a folder or, by the drive's id, a shared drive.
 * Lists come in one page. Messages to those who are given something are not sent.
 */
export function registerPermissions(scope: FastifyInstance, context: DriveContext): void {
  registerReading(scope, context);
  registerGiving(scope, context);
  registerTaking(scope, context);
}

function registerReading(scope: FastifyInstance, context: DriveContext): void {
  scope.get(ALL, { config: { kind: "permissions.list" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "readMetadata", "permissions.list");
    const mask = maskOf(request, PERMISSION_LIST_SHAPE, DEFAULT_LIST_MASK);
    const { file, permissions } = listPermissions(context.store, caller, fileIdOf(request));
    const shown = { mask: maskWithin(mask, "permissions"), viewer };
    return sendJson(request, reply, {
      ...(asksFor(mask, "kind") && { kind: "drive#permissionList" }),
      ...(asksFor(mask, "permissions") && {
        permissions: permissions.map((each) => presentPermission(each, file, shown)),
      }),
    });
  });
  scope.get(ONE, { config: { kind: "permissions.get" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "readMetadata", "permissions.get");
    const mask = permissionMaskOf(request);
    const { file, permission } = requirePermission(context.store, caller, idsOf(request));
    return sendJson(request, reply, presentPermission(permission, file, { mask, viewer }));
  });
}

function registerGiving(scope: FastifyInstance, context: DriveContext): void {
  scope.post(ALL, { config: { kind: "permissions.create" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "write", "permissions.create");
    const mask = permissionMaskOf(request);
    const body = parsePermissionBody(jsonTextOf(request));
    const { file, permission } = addPermission(context.store, caller, { fileId: fileIdOf(request), ...body });
    return sendJson(request, reply, presentPermission(permission, file, { mask, viewer }));
  });
  scope.patch(ONE, { config: { kind: "permissions.update" } }, (request, reply) => {
    const { caller, viewer } = openCall(context, request, "write", "permissions.update");
    const mask = permissionMaskOf(request);
    const role = parseRoleBody(jsonTextOf(request));
    const { file, permission } = changePermission(context.store, caller, { ...idsOf(request), role });
    return sendJson(request, reply, presentPermission(permission, file, { mask, viewer }));
  });
}

function registerTaking(scope: FastifyInstance, context: DriveContext): void {
  scope.delete(ONE, { config: { kind: "permissions.delete" } }, (request, reply) => {
    const { caller } = openCall(context, request, "write", "permissions.delete");
    removePermission(context.store, caller, idsOf(request));
    return reply.code(204).header("content-type", "text/html").send();
  });
}

function permissionMaskOf(request: FastifyRequest): FieldMask {
  return maskOf(request, PERMISSION_SHAPE, DEFAULT_PERMISSION_MASK);
}

function idsOf(request: FastifyRequest): { fileId: string; permissionId: string } {
  return request.params as { fileId: string; permissionId: string };
}
