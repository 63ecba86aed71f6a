import type { FastifyInstance, FastifyRequest } from "fastify";
import { z } from "zod";
import { type DriveFile, driveIdOf } from "../../drive/index.ts";
import { addResource } from "../add-resource.ts";
import type { ControlContext } from "../control-context.ts";
import { conflict } from "../control-error.ts";
import { NotThereError } from "../not-there-error.ts";
import { parseInput } from "../parse-input.ts";
import { PermissionInput } from "../permission-input.ts";
import { type PermissionReply, presentPermissions } from "../present-permission.ts";
import { requireAccount } from "../require-account.ts";
import { requireFile } from "../require-file.ts";

/** A shared drive. */
interface SharedDriveReply {
  /** Also that of its top folder, into which files are put by it. */
  readonly id: string;
  readonly name: string;
  /** Items in the drive, trashed ones included, the top folder not. */
  readonly items: number;
  readonly members: readonly PermissionReply[];
}

const NewSharedDrive = z.strictObject({
  name: z.string().min(1),
  members: z.array(PermissionInput).default([]),
});
const Nothing = z.strictObject({});

/**
 * `/drives`: the shared drives (GET), one more (POST); `/files/{id}/permissions`: who was given access to an item (GET),
 * giving it (POST), and taking it away by the id of the permission (DELETE); `/files/{id}/opened`: a person opens an item
 * in the web application (POST).
 */
export function registerSharing(scope: FastifyInstance, context: ControlContext): void {
  const { drive, accounts } = context;
  registerSharedDrives(scope, context);
  addResource(scope, "/files/:id/permissions", {
    GET: (request) => {
      parseInput(Nothing, request.query);
      return { permissions: presentPermissions(fileOf(context, request)) };
    },
    POST: (request, reply) => {
      const { id } = shareable(fileOf(context, request));
      const shared = drive.shareFile(id, parseInput(PermissionInput, request.body));
      reply.code(201);
      return presentPermissions(shared).at(-1);
    },
  });
  addResource(scope, "/files/:id/permissions/:permissionId", {
    DELETE: (request) => {
      const file = fileOf(context, request);
      const { permissionId } = request.params as { permissionId: string };
      const isThere = presentPermissions(file).some(({ id }) => id === permissionId);
      if (!isThere) throw new NotThereError("permission", permissionId, "permissionId");
      drive.unshareFile(file.id, permissionId);
    },
  });
  addResource(scope, "/files/:id/opened", {
    POST: (request) => {
      const { email } = parseInput(z.strictObject({ email: z.string() }), request.body);
      const { sub } = requireAccount(accounts, email);
      drive.markOpened({ sub, fileId: fileOf(context, request).id });
    },
  });
}

function registerSharedDrives(scope: FastifyInstance, context: ControlContext): void {
  const { drive } = context;
  addResource(scope, "/drives", {
    GET: ({ query }) => {
      parseInput(Nothing, query);
      const roots = [...drive.allFiles()].filter((file) => driveIdOf(file) === file.id);
      return { drives: roots.map((root) => presentDrive(context, root)) };
    },
    POST: ({ body }, reply) => {
      const root = drive.addSharedDrive(parseInput(NewSharedDrive, body));
      reply.code(201);
      return presentDrive(context, root);
    },
  });
}

function presentDrive({ drive }: ControlContext, root: DriveFile): SharedDriveReply {
  const { id, name } = root;
  return { id, name, items: drive.itemCount(id) - 1, members: presentPermissions(root) };
}

function fileOf({ drive }: ControlContext, { params }: FastifyRequest): DriveFile {
  return requireFile(drive, (params as { id: string }).id);
}

/** Everything but the root of a person's Drive. */
function shareable(file: DriveFile): DriveFile {
  if (file.parentId !== null || driveIdOf(file) !== null) return file;
  throw conflict("root_folder", "The root of a Drive cannot be shared");
}
