import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import type { DriveFile } from "../../drive/index.ts";
import { addFile } from "../add-file.ts";
import { addResource } from "../add-resource.ts";
import { changeFile } from "../change-file.ts";
import type { ControlContext } from "../control-context.ts";
import { OrderedContent } from "../ordered-content.ts";
import { conflict } from "../control-error.ts";
import { FilePatchInput, NewFileInput } from "../file-input.ts";
import { parseInput } from "../parse-input.ts";
import { type FileReply, presentFile } from "../present-file.ts";
import { wholeText } from "../query-values.ts";
import { requireAccount } from "../require-account.ts";
import { requireFile } from "../require-file.ts";

/** Some items of the Drives. */
interface FilesReply {
  /** How many there are, those before the offset and beyond the limit included. */
  readonly total: number;
  /** In the order of their creation, or that in which they came into the folder. */
  readonly files: readonly FileReply[];
}

const Search = z.strictObject({
  email: z.exactOptional(z.string()),
  parentId: z.exactOptional(z.string()),
  name: z.exactOptional(z.string()),
  offset: wholeText().default(0),
  limit: wholeText().default(1000),
});

/** `/files` and `/files/{id}`: what lies in the Drives, read and changed behind the client's back. */
export function registerFiles(scope: FastifyInstance, context: ControlContext): void {
  const { drive, accounts, clock } = context;
  const ordered = new OrderedContent();
  addResource(scope, "/files", {
    GET: ({ query }) => search(context, parseInput(Search, query)),
    POST: async ({ body }, reply) => {
      const input = parseInput(NewFileInput, body);
      const account = requireAccount(accounts, input.email);
      const content = await ordered.of(input, input.mimeType);
      reply.code(201);
      return presentFile(addFile(drive, account, { input, content }), accounts);
    },
  });
  addResource(scope, "/files/:id", {
    GET: (request) => presentFile(fileOf(context, request), accounts),
    PATCH: async (request) => {
      const { mimeType } = fileOf(context, request);
      const patch = parseInput(FilePatchInput, request.body);
      const content = await ordered.of(patch, mimeType);
      // It may be gone, or another, by the time the bytes are there.
      const file = fileOf(context, request);
      return presentFile(changeFile(drive, file, { patch, content, nowMs: clock.now() }), accounts);
    },
    DELETE: (request) => {
      const { id, parentId } = fileOf(context, request);
      if (parentId === null) throw conflict("root_folder", "The root of a Drive cannot be removed");
      drive.remove(id);
    },
  });
  addResource(scope, "/files/:id/content", {
    GET: (request, reply) => sendBytes(reply, fileOf(context, request)),
  });
}

function search(
  { drive, accounts }: ControlContext,
  { email, parentId, name, offset, limit }: z.output<typeof Search>,
): FilesReply {
  const owners = email === undefined ? accounts : [requireAccount(accounts, email)];
  const subs = new Set(owners.map(({ sub }) => sub));
  const items =
    parentId === undefined
      ? owners.flatMap(({ sub }) => drive.listAll(sub))
      : drive.childrenOf(requireFile(drive, parentId, "parentId").id);
  const found = items
    .filter(({ ownerSub }) => email === undefined || subs.has(ownerSub))
    .filter((file) => name === undefined || file.name === name);
  const files = found.slice(offset, offset + limit).map((file) => presentFile(file, accounts));
  return { total: found.length, files };
}

function fileOf({ drive }: ControlContext, { params }: FastifyRequest): DriveFile {
  return requireFile(drive, (params as { id: string }).id);
}

/** The bytes of a file, whatever the flags of the file say. */
function sendBytes(reply: FastifyReply, { id, blob }: DriveFile): FastifyReply {
  if (blob === null) throw conflict("no_content", `The file ${id} has no bytes`);
  const { content } = blob;
  const bytes = Readable.from(content.read({ start: 0, end: content.sizeBytes }), { objectMode: false });
  return reply
    .type("application/octet-stream")
    .header("content-length", content.sizeBytes)
    .header("content-disposition", "attachment")
    .send(bytes);
}
