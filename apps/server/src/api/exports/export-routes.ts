import { ExportReply, ExportRequest, WaitHeaders } from "@driveway/contract";
import type { z } from "zod";
import type { Transfers } from "../../transfers/index.ts";
import type { ApiServer } from "../api-server.ts";
import { answerOnce } from "../idempotency/answer-once.ts";
import { awaitJob } from "../jobs/await-job.ts";
import { LargeBody } from "../large-bodies/large-body.ts";
import { parsePrefer, waitMsOf } from "../parse-prefer.ts";
import { principalOf } from "../principal-of.ts";
import { presentExport } from "./present-export.ts";

/** A request may name a hundred thousand images. */
const BODY_LIMIT_BYTES = 32 * 1024 * 1024;

/** Exports images into a drive. */
export function exportRoutes(app: ApiServer, parts: { readonly transfers: Transfers }): void {
  const { transfers } = parts;
  app.post(
    "/api/v2/cloud-storage/export",
    {
      bodyLimit: BODY_LIMIT_BYTES,
      config: { largeBody: "export" },
      schema: {
        tags: ["Import and export"],
        operationId: "exportImages",
        summary: "Export images; the job runs in the background, `Prefer: wait=N` waits for it",
        headers: WaitHeaders,
        body: ExportRequest,
        response: { 200: ExportReply },
      },
    },
    async (request, reply) => {
      const principal = principalOf(request);
      const order = { principal, ...readOrder(request.body) };
      const asking = { request, reply, principal };
      return answerOnce(transfers, {
        ...asking,
        waitMs: waitMsOf(parsePrefer(request.headers.prefer), 0),
        start: (repeatable) => transfers.startExport({ ...order, repeatable }),
        answer: async (jobId) => {
          const outcome = await awaitJob(transfers, { ...asking, jobId, type: "export", usualMs: 0 });
          return presentExport({ jobId, outcome });
        },
      });
    },
  );
}

type Body = z.output<typeof ExportRequest>;

function readOrder(body: Body | LargeBody) {
  const isLarge = body instanceof LargeBody;
  const head = isLarge ? (body.head as Omit<Body, "image_ids">) : body;
  return {
    connectionId: head.connection_id,
    imageIds: isLarge ? body : body.image_ids,
    folderId: head.folder_id ?? null,
    folderName: head.folder_name ?? null,
    onConflict: head.on_conflict,
  };
}
