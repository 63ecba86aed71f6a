import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { requireReadableFile } from "../caller.ts";
import { MemoryContent } from "../content.ts";
import { conversionNotSupported, forbidden, requiredParameter } from "../errors.ts";
import { renderExport } from "../exports/render-export.ts";
import { isDocsEditorsFile } from "../file.ts";
import { fileIdOf, openCall, queryOf } from "./call.ts";
import { countDownload } from "./charge-call.ts";
import type { DriveContext } from "./drive-context.ts";
import { sendContent } from "./send-content.ts";

const LARGEST_EXPORT_BYTES = 10 * 1024 * 1024;

/** files.export, which gives up to 10 MB, and the addresses behind `exportLinks`, which have no such limit. */
export function registerExport(scope: FastifyInstance, context: DriveContext): void {
  scope.get("/drive/v3/files/:fileId/export", { config: { kind: "files.export" } }, (request, reply) =>
    sendExport(context, request, reply, { fileId: fileIdOf(request), largestBytes: LARGEST_EXPORT_BYTES }),
  );
  const config = { kind: "exportLink" };
  scope.get("/feeds/download/documents/export/Export", { config }, (request, reply) =>
    sendExport(context, request, reply, {
      fileId: queryOf(request, "id") ?? "",
      largestBytes: Number.POSITIVE_INFINITY,
    }),
  );
}

async function sendExport(
  context: DriveContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { fileId, largestBytes }: { fileId: string; largestBytes: number },
): Promise<FastifyReply> {
  const { caller } = openCall(context, request, "readContent", "files.export");
  const mimeType = queryOf(request, "mimeType");
  if (mimeType === undefined) throw requiredParameter("Required parameter: mimeType", "mimeType");
  const file = requireReadableFile(context.store, caller, fileId);
  if (!isDocsEditorsFile(file)) {
    throw forbidden("fileNotExportable", "Export only supports Docs Editors files.");
  }
  const bytes = await renderExport(file, mimeType);
  if (bytes === null) {
    throw conversionNotSupported();
  }
  if (bytes.byteLength > largestBytes) {
    throw forbidden("exportSizeLimitExceeded", "This file is too large to be exported.");
  }
  countDownload(context, request, { caller, sizeBytes: bytes.byteLength });
  return sendContent(request, reply, { content: new MemoryContent([bytes]), mimeType });
}
